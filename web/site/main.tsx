import { render } from "preact";

import { App } from "./app";
import { language, speak } from "./texts/language";
import "./style/site.css";

speak(language(), { keep: false });
render(<App />, document.getElementById("site")!);
