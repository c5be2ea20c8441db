/** Which buttons a complaint has: the moves that the API says are possible, as an officer thinks of them. */
import type { Detail } from "../api/types";
import type { Around } from "../around";

export const FORMS = [
  "answer",
  "ask",
  "comment",
  "note",
  "assign",
  "transfer",
  "instruct",
  "split",
  "extend",
  "correct",
  "merge",
  "hide",
  "unhide",
  "redact",
] as const;
export type Form = (typeof FORMS)[number];
export type Button = Form | "acknowledge";

/** What the API calls the moves behind each. */
const MOVES: Record<Button, readonly string[]> = {
  acknowledge: ["acknowledge"],
  answer: ["answer"],
  ask: ["ask"],
  comment: ["comment"],
  note: ["comment"],
  assign: ["assign_officer"],
  transfer: ["transfer"],
  instruct: ["instruct"],
  split: ["split"],
  extend: ["extend"],
  correct: ["recategorise", "relocate"],
  merge: ["merge"],
  hide: ["hide"],
  unhide: ["unhide"],
  redact: ["redact"],
};

export function buttons(complaint: Detail, around: Around): Button[] {
  const possible = new Set<string>(complaint.possible);
  return (["answer", "acknowledge", ...FORMS.slice(1)] as const).filter(
    (each) => MOVES[each].some((move) => possible.has(move)) && (each !== "assign" || around.me?.officer),
  );
}

export function isForm(name: string | null): name is Form {
  return (FORMS as readonly (string | null)[]).includes(name);
}
