import type { JSX } from "preact";

import type { Figures } from "../data/types";
import { number, t } from "../texts/language";

const PARTS = ["in_time", "late", "overdue"] as const;

/** Answered in time, late, and not at all: the whole of what can be judged. Its legend says the same in words. */
export function Bar({ figures }: { figures: Figures }): JSX.Element | null {
  if (figures.judged === 0) return null;
  let from = 0;
  return (
    <svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true" focusable="false">
      {PARTS.map((part) => {
        const width = (figures[part] / figures.judged) * 100;
        const x = from;
        from += width;
        return <rect key={part} class={part} x={x} y="0" width={width} height="10" />;
      })}
    </svg>
  );
}

export function BarLegend({ figures }: { figures: Figures }): JSX.Element {
  return (
    <ul class="legend">
      {PARTS.map((part) => (
        <li key={part} class={part}>
          {t(part)}: <strong>{number(figures[part])}</strong>
        </li>
      ))}
    </ul>
  );
}
