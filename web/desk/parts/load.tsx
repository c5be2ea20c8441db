import type { ComponentChildren, JSX } from "preact";
import { useCallback, useEffect, useRef, useState } from "preact/hooks";

import { Refused, SessionEnded, Unreachable } from "../api/problem";
import { t } from "../texts/language";

export interface Loaded<T> {
  value: T | null;
  error: Error | null;
  again: () => Promise<void>;
  set: (value: T) => void;
}

/** What `read` gives, read anew when `of` changes; the last value stays in view while it is. */
export function useLoaded<T>(read: () => Promise<T>, of: readonly unknown[]): Loaded<T> {
  const [state, setState] = useState<{ value: T | null; error: Error | null }>({ value: null, error: null });
  const turn = useRef(0);
  const again = useCallback(async () => {
    const mine = ++turn.current;
    try {
      const value = await read();
      if (mine === turn.current) setState({ value, error: null });
    } catch (error) {
      if (mine === turn.current) setState((before) => ({ ...before, error: error as Error }));
    }
  }, of);
  useEffect(() => {
    void again();
    return () => {
      turn.current++;
    };
  }, [again]);
  return { ...state, again, set: (value) => setState({ value, error: null }) };
}

export function said(error: Error): string {
  if (error instanceof Refused) return error.problem.detail || error.problem.title;
  if (error instanceof Unreachable) return t("unreachable");
  if (error instanceof SessionEnded) return t("signin.ended");
  return String(error.message);
}

/** The value in view, or that it is being read, or why it cannot be. */
export function Show<T>({
  loaded,
  children,
}: {
  loaded: Loaded<T>;
  children: (value: T) => ComponentChildren;
}): JSX.Element {
  return (
    <>
      {loaded.error && !(loaded.error instanceof SessionEnded) && (
        <div class="notice bad" role="alert">
          <p>{said(loaded.error)}</p>
          <button type="button" onClick={() => void loaded.again()}>
            {t("again")}
          </button>
        </div>
      )}
      {loaded.value !== null ? children(loaded.value) : !loaded.error && <p class="loading">{t("loading")}</p>}
    </>
  );
}
