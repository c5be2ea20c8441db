import type { JSX } from "preact";

import type { Counts } from "../api/types";
import { t } from "../texts/language";
import { type Filters, NO_FILTERS } from "./filters";

/** The figures at a glance; a press shows those that one counts. */
export function CountsBar({
  counts,
  filters,
  onFilters,
}: {
  counts: Counts;
  filters: Filters;
  onFilters: (filters: Filters) => void;
}): JSX.Element {
  const pressed = (part: Partial<Filters>): boolean =>
    Object.entries(part).every(([name, value]) => filters[name as keyof Filters] === value);
  const shown: ["open" | "overdue" | "escalated_to_us" | "unassigned", Partial<Filters>][] = [
    ["overdue", { overdue: true }],
    ["escalated_to_us", { escalated: true }],
    ["unassigned", { assigned: "nobody" }],
  ];
  return (
    <section class="counts" aria-label={t("list.counts")}>
      <p class="count">
        <strong>{counts.open}</strong> <span>{t("count.open")}</span>
      </p>
      <p class="count today">
        <strong>{counts.due_today}</strong> <span>{t("count.due_today")}</span>
      </p>
      {shown.map(([name, part]) => (
        <button
          key={name}
          type="button"
          class={`count ${name}`}
          aria-pressed={pressed(part)}
          onClick={() => onFilters(pressed(part) ? NO_FILTERS : { ...NO_FILTERS, ...part })}
        >
          <strong>{counts[name]}</strong> <span>{t(`count.${name}`)}</span>
        </button>
      ))}
    </section>
  );
}
