import { useState } from "preact/hooks";

import { answered } from "../api/client";
import { Refused, SessionEnded } from "../api/problem";
import { draft, dropDraft, keepDraft, keyFor } from "../drafts";

type Call = Promise<{ data?: unknown; error?: unknown; response: Response }>;

export interface Making<Values> {
  values: Values;
  set: (part: Partial<Values>) => void;
  send: () => Promise<void>;
  sending: boolean;
  /** Why it was not made. */
  error: Error | null;
  /** What is wrong with the field that the pointer names; the rest is for `unnamed`. */
  fault: (pointer: string) => string | undefined;
  /** Of what the API found wrong, what no field has asked for. */
  unnamed: () => string[];
  discard: () => void;
}

/** A move in the making: its draft, its sending under one key, and what the API says against it. */
export function useMove<Values extends object, Body>({
  name,
  initial,
  body,
  call,
  onDone,
  onConflict,
}: {
  /** Of the draft. */
  name: string;
  initial: Values;
  body: (values: Values) => Body;
  call: (body: Body, key: string) => Call;
  onDone: () => Promise<void> | void;
  /** Somebody else has changed it meanwhile, or it is not possible any more. */
  onConflict: () => Promise<void> | void;
}): Making<Values> {
  const [values, setValues] = useState(() => draft(name, initial));
  const [sending, setSending] = useState(false);
  const [error, setError] = useState<Error | null>(null);
  const asked = new Set<string>();
  const faults = error instanceof Refused ? (error.problem.errors ?? []) : [];
  return {
    values,
    set: (part) =>
      setValues((before) => {
        const after = { ...before, ...part };
        keepDraft(name, after);
        return after;
      }),
    send: async () => {
      if (sending) return;
      const given = body(values);
      setSending(true);
      setError(null);
      try {
        await answered(call(given, keyFor(name, values, given)));
        dropDraft(name);
        await onDone();
      } catch (failed) {
        // Whoever has to sign in again is told so over the whole page.
        if (!(failed instanceof SessionEnded)) setError(failed as Error);
        if (failed instanceof Refused && failed.isConflict) await onConflict();
      } finally {
        setSending(false);
      }
    },
    sending,
    error,
    fault: (pointer) => {
      asked.add(pointer);
      return faults.find((each) => each.pointer === pointer)?.detail;
    },
    unnamed: () => faults.filter((each) => !asked.has(each.pointer)).map((each) => each.detail),
    discard: () => dropDraft(name),
  };
}
