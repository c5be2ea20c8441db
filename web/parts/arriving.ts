import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";

/** The page's main part, which is gone to whenever the place has another `name`. */
export function useArriving(name: string): RefObject<HTMLElement | null> {
  const main = useRef<HTMLElement>(null);
  const first = useRef(true);
  useEffect(() => {
    // As a browser does for a page of its own: whoever hears the page is at its beginning.
    if (!first.current) {
      main.current?.focus({ preventScroll: true });
      scrollTo(0, 0);
    }
    first.current = false;
  }, [name]);
  return main;
}
