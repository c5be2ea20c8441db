// Shows the reader's language. Without it, page.css shows the region's first, or the one that the address names.
(() => {
  const shown = () => [...document.querySelectorAll(".page")].map((each) => each.lang);
  const named = () => location.hash.slice(1);
  const show = () => {
    const languages = shown();
    const wanted = [named(), ...navigator.languages.map((each) => each.slice(0, 2).toLowerCase())];
    const language = wanted.find((each) => languages.includes(each));
    if (!language) return;
    document.documentElement.lang = language;
    document.documentElement.dataset.language = language;
    document.title = document.getElementById(language).dataset.title;
  };
  addEventListener("hashchange", show);
  addEventListener("DOMContentLoaded", show);
})();
