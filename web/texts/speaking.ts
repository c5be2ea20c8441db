export const LANGUAGES = ["kk", "ru", "en"] as const;
export type Language = (typeof LANGUAGES)[number];
export const NAMES: Record<Language, string> = { kk: "Қазақша", ru: "Русский", en: "English" };

const KEPT = "qamqor.language";
let spoken: Language = first();

/** What was chosen here before, else what the browser asks for, else the language of the state. */
function first(): Language {
  const asked = [localStorage.getItem(KEPT) ?? "", ...navigator.languages].map((each) => each.slice(0, 2));
  return asked.find(isLanguage) ?? "kk";
}

export function language(): Language {
  return spoken;
}

/** Whether somebody chose it on this machine. */
export function isChosen(): boolean {
  return localStorage.getItem(KEPT) !== null;
}

export function isLanguage(text: string | null | undefined): text is Language {
  return (LANGUAGES as readonly (string | null | undefined)[]).includes(text);
}

export function speak(chosen: Language, { keep = true } = {}): void {
  spoken = chosen;
  if (keep) localStorage.setItem(KEPT, chosen);
  document.documentElement.lang = chosen;
}

export type Said = readonly [kk: string, ru: string, en: string];

/** Says these texts in the language that is spoken, with what stands in braces filled in. */
export function sayer<Word extends string>(
  words: Record<Word, Said>,
): (word: Word, params?: Record<string, string | number>) => string {
  return (word, params = {}) =>
    words[word][LANGUAGES.indexOf(spoken)]!.replace(/\{(\w+)\}/g, (whole, name: string) => String(params[name] ?? whole));
}

/** Of names in several languages, the one to show. */
export function named(names: Partial<Record<string, string>>): string {
  return names[spoken] || names["kk"] || names["ru"] || names["en"] || "";
}
