// Shows the reader's language, and sends what should not be public. Without it, page.css shows the region's first language,
// or the one that the address names.
(() => {
  const show = () => {
    const there = [...document.querySelectorAll(".page")].map((each) => each.lang);
    const wanted = [location.hash.slice(1), ...navigator.languages.map((each) => each.slice(0, 2).toLowerCase())];
    const language = wanted.find((each) => there.includes(each)) ?? document.querySelector(".default").lang;
    document.documentElement.lang = language;
    document.documentElement.dataset.language = language;
    document.title = document.getElementById(language).dataset.title;
  };

  const flag = async (event) => {
    event.preventDefault();
    const form = event.target;
    const button = form.querySelector("button");
    const said = form.querySelector("[role=status]");
    const body = JSON.stringify({ reason: new FormData(form).get("reason") });
    button.disabled = true;
    said.textContent = "";
    try {
      const headers = { "content-type": "application/json", "accept-language": document.documentElement.lang };
      const answer = await fetch(form.action, { method: "POST", headers, body });
      if (answer.ok) form.querySelector("fieldset").remove();
      said.textContent = answer.ok ? said.dataset.sent : (await answer.json()).detail ?? said.dataset.failed;
    } catch {
      said.textContent = said.dataset.failed;
    }
    button.disabled = false;
  };

  addEventListener("hashchange", show);
  addEventListener("DOMContentLoaded", () => {
    show();
    for (const form of document.forms) form.addEventListener("submit", flag);
  });
})();
