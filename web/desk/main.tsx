import { render } from "preact";

import { App } from "./app";
import { language, speak } from "./texts/language";
import "./style/desk.css";

speak(language(), { keep: false });
render(<App />, document.getElementById("desk")!);

// What is folded away is not to be missed on paper.
addEventListener("beforeprint", () => {
  for (const each of document.querySelectorAll<HTMLDetailsElement>("details:not(.screen)")) each.open = true;
});
