import { render } from "preact";

import { App } from "./app";
import { language, speak } from "./texts/language";
import "./style/desk.css";

speak(language());
render(<App />, document.getElementById("desk")!);
