/** What an officer has begun to write, by complaint and move: kept until it is sent, over a new sign-in too.
 *
 * The Idempotency-Key goes with what was sent under it: the same words sent again are done once, other words are new.
 */
interface Draft<Values> {
  values: Values;
  sent?: { key: string; body: string };
}

const PREFIX = "qamqor.draft.";

export function draft<Values>(name: string, initial: Values): Values {
  return { ...initial, ...read<Values>(name)?.values };
}

export function hasDraft(name: string): boolean {
  return sessionStorage.getItem(PREFIX + name) !== null;
}

export function keepDraft<Values>(name: string, values: Values): void {
  write(name, { ...read<Values>(name), values });
}

export function dropDraft(name: string): void {
  sessionStorage.removeItem(PREFIX + name);
}

/** The key for sending this body: as before for the same one, else a new one. */
export function keyFor<Values>(name: string, values: Values, body: unknown): string {
  const now = JSON.stringify(body);
  const before = read<Values>(name)?.sent;
  const sent = before?.body === now ? before : { key: crypto.randomUUID(), body: now };
  write(name, { values, sent });
  return sent.key;
}

function read<Values>(name: string): Draft<Values> | null {
  const kept = sessionStorage.getItem(PREFIX + name);
  return kept === null ? null : (JSON.parse(kept) as Draft<Values>);
}

function write<Values>(name: string, kept: Draft<Values>): void {
  sessionStorage.setItem(PREFIX + name, JSON.stringify(kept));
}
