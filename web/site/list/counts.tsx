import type { JSX } from "preact";

import type { Counts } from "../data/questions";
import type { Filters } from "../data/sieve";
import { number, t } from "../texts/language";

const SHOWN = ["overdue", "today", "working", "week"] as const;

/** What is overdue first; each is a filter too, and pressed again none. */
export function CountsBar({ counts, filters, onFilters }: {
  counts: Counts;
  filters: Filters;
  onFilters: (filters: Filters) => void;
}): JSX.Element {
  return (
    <div class="counts" role="group" aria-label={t("counts")}>
      {SHOWN.map((state) => (
        <button
          key={state}
          type="button"
          class={`count ${state}`}
          aria-pressed={filters.state === state}
          onClick={() => onFilters({ ...filters, state: filters.state === state ? "" : state })}
        >
          <strong>{number(counts[state])}</strong>
          <span>{t(`count.${state}`)}</span>
        </button>
      ))}
    </div>
  );
}
