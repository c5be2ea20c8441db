import { useCallback, useEffect, useRef, useState } from "preact/hooks";

export interface Loaded<T> {
  value: T | null;
  /** Why it could not be read, the last time. */
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
