import { language, sayer } from "../../texts/speaking";
import { WORDS } from "./words";

export * from "../../texts/speaking";

export const t = sayer(WORDS);

// What a browser knows of Kazakh differs from one to the next; its numbers are written as Russian ones are.
const NUMBERS = { kk: "ru", ru: "ru", en: "en-GB" } as const;

export function number(value: number, digits = 0): string {
  return new Intl.NumberFormat(NUMBERS[language()], { maximumFractionDigits: digits }).format(value);
}

export function percent(share: number): string {
  // Never rounded up to all of them, nor down to none.
  const whole = share > 0 && share < 1 ? Math.min(99, Math.max(1, Math.round(share * 100))) : share * 100;
  return language() === "en" ? `${whole}%` : `${whole} %`;
}
