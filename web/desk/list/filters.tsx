import type { JSX, RefObject } from "preact";
import { useState } from "preact/hooks";

import { type Around } from "../around";
import { Select } from "../parts/field";
import { statusName } from "../status";
import { t } from "../texts/language";

export interface Filters {
  q: string;
  status: string;
  category: string;
  district: string;
  assigned: string;
  overdue: boolean;
  escalated: boolean;
}

export const NO_FILTERS: Filters = {
  q: "",
  status: "",
  category: "",
  district: "",
  assigned: "",
  overdue: false,
  escalated: false,
};

export function isFiltered(filters: Filters): boolean {
  return Object.values(filters).some(Boolean);
}

export function FiltersForm({
  filters,
  onFilters,
  search,
  around,
}: {
  filters: Filters;
  onFilters: (filters: Filters) => void;
  search: RefObject<HTMLInputElement | null>;
  around: Around;
}): JSX.Element {
  const [q, setQ] = useState(filters.q);
  const any = ["", t("filter.any")] as const;
  const chosen = (part: Partial<Filters>): void => onFilters({ ...filters, ...part });
  const districts = around.region.areas.features.filter((each) => each.properties.kind === "district");
  const hidden = [filters.status, filters.category, filters.district, filters.assigned].filter(Boolean).length;
  return (
    <div class="filters">
      <form
        role="search"
        onSubmit={(event) => {
          event.preventDefault();
          chosen({ q: q.trim() });
        }}
      >
        <label class="unseen" for="search">
          {t("filter.search")}
        </label>
        <input
          id="search"
          type="search"
          ref={search}
          value={q}
          placeholder={t("filter.search")}
          onInput={(event) => {
            setQ(event.currentTarget.value);
            if (event.currentTarget.value === "" && filters.q) chosen({ q: "" });
          }}
        />
        <button type="submit">{t("filter.find")}</button>
      </form>
      <details open={hidden > 0}>
        <summary>
          {t("filter.title")}
          {hidden > 0 && <span class="badge">{hidden}</span>}
        </summary>
        <div class="selects">
          <Select
            label={t("filter.status")}
            value={filters.status}
            onValue={(status) => chosen({ status })}
            options={[any, ...(["assigned", "acknowledged"] as const).map((each) => [each, statusName(each)] as const)]}
          />
          <Select
            label={t("filter.category")}
            value={filters.category}
            onValue={(category) => chosen({ category })}
            options={[any, ...around.categories.map((each) => [each.id, each.name] as const)]}
          />
          <Select
            label={t("filter.district")}
            value={filters.district}
            onValue={(district) => chosen({ district })}
            options={[any, ...districts.map((each) => [each.id, each.properties.name] as const)]}
          />
          {around.me && (
            <Select
              label={t("filter.assigned")}
              value={filters.assigned}
              onValue={(assigned) => chosen({ assigned })}
              options={[
                any,
                ...(around.me.officer ? [["me", t("filter.me")] as const] : []),
                ["nobody", t("filter.nobody")],
                ...around.colleagues,
              ]}
            />
          )}
          {isFiltered(filters) && (
            <button
              type="button"
              onClick={() => {
                setQ("");
                onFilters(NO_FILTERS);
              }}
            >
              {t("filter.clear")}
            </button>
          )}
        </div>
      </details>
    </div>
  );
}
