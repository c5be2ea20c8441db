import type { RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

import { mapWords } from "../../texts/map";
import { useMedia } from "../media";
import type { Look } from "./ground";

declare const MAP_STYLE_FILE: string;
const NEAR = "300px";

export interface Shown {
  /** Once it is to be seen; rejected where the browser draws no map. */
  drawn: Promise<void>;
  end: () => void;
}

export type Standing = "loading" | "there" | "none";

/** A map in `ground`, loaded once that is in view: nobody waits for it, and whoever does without reads the same in words.
 * It is made anew where `of` or the colours change.
 */
export function useShown<Module, Map extends Shown>(
  title: string,
  load: () => Promise<Module>,
  show: (module: Module, container: HTMLElement, look: Look) => Map,
  of: readonly unknown[] = [],
): { ground: RefObject<HTMLDivElement | null>; shown: RefObject<Map | null>; standing: Standing } {
  const ground = useRef<HTMLDivElement>(null);
  const shown = useRef<Map | null>(null);
  const [standing, setStanding] = useState<Standing>("loading");
  const dark = useMedia("(prefers-color-scheme: dark)");
  useEffect(() => {
    const container = ground.current;
    if (container === null) return;
    let gone = false;
    const begin = async (): Promise<void> => {
      const [module] = await Promise.all([load(), styled()]);
      if (gone) return;
      shown.current = show(module, container, { dark, words: mapWords(title) });
      await shown.current.drawn;
      if (!gone) setStanding("there");
    };
    const watch = new IntersectionObserver(
      ([seen]) => {
        if (!seen!.isIntersecting) return;
        watch.disconnect();
        begin().catch(() => gone || setStanding("none"));
      },
      { rootMargin: NEAR },
    );
    setStanding("loading");
    watch.observe(container);
    return () => {
      gone = true;
      watch.disconnect();
      shown.current?.end();
      shown.current = null;
    };
  }, [dark, ...of]);
  return { ground, shown, standing };
}

let style: Promise<void> | null = null;

/** MapLibre's own style, which no page without a map loads. */
function styled(): Promise<void> {
  style ??= new Promise((resolve, reject) => {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = new URL(MAP_STYLE_FILE, import.meta.url).href;
    link.addEventListener("load", () => resolve());
    link.addEventListener("error", () => {
      style = null;
      link.remove();
      reject(new Error("no style"));
    });
    document.head.append(link);
  });
  return style;
}
