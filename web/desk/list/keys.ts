/** Single keys, which can be turned off (WCAG 2.2, 2.1.4), and which nobody means who is writing. */
const OFF = "qamqor.keys-off";

export function areKeysOn(): boolean {
  return localStorage.getItem(OFF) === null;
}

export function turnKeys(on: boolean): void {
  if (on) localStorage.removeItem(OFF);
  else localStorage.setItem(OFF, "1");
}

/** The key's letter by where it lies, whatever the layout writes; null where it is no shortcut. */
export function shortcut(event: KeyboardEvent): string | null {
  const target = event.target as HTMLElement;
  const writing = target.matches("textarea, select, input:not([type=checkbox])");
  if (!areKeysOn() || writing || event.ctrlKey || event.metaKey || event.altKey) return null;
  return event.code.replace(/^Key/, "");
}
