import type { ComponentChildren, JSX } from "preact";
import { useCallback, useEffect, useRef, useState } from "preact/hooks";

import { t } from "./texts/language";

export interface Loaded<T> {
  value: T | null;
  failed: boolean;
  again: () => Promise<void>;
}

/** What `read` gives, read anew when `of` changes; the last value stays in view while it is. */
export function useLoaded<T>(read: () => Promise<T>, of: readonly unknown[]): Loaded<T> {
  const [state, setState] = useState<{ value: T | null; failed: boolean }>({ value: null, failed: false });
  const turn = useRef(0);
  const again = useCallback(async () => {
    const mine = ++turn.current;
    try {
      const value = await read();
      if (mine === turn.current) setState({ value, failed: false });
    } catch {
      if (mine === turn.current) setState((before) => ({ ...before, failed: true }));
    }
  }, of);
  useEffect(() => {
    void again();
    return () => {
      turn.current++;
    };
  }, [again]);
  return { ...state, again };
}

/** The value in view, or that it is being read, or that it could not be. */
export function Show<T>({
  loaded,
  again = loaded.again,
  children,
}: {
  loaded: Loaded<T>;
  again?: () => Promise<void>;
  children: (value: T) => ComponentChildren;
}): JSX.Element {
  return (
    <>
      {loaded.failed && (
        <div class="notice bad" role="alert">
          <p>{t("failed")}</p>
          <button type="button" onClick={() => void again()}>
            {t("again")}
          </button>
        </div>
      )}
      {loaded.value !== null ? children(loaded.value) : !loaded.failed && <p class="loading">{t("loading")}</p>}
    </>
  );
}
