import type { JSX } from "preact";

import { Select } from "../../desk/parts/field";
import { nameOf, useRegion } from "../around";
import { type Filters, NO_FILTERS, type State, STATES } from "../data/sieve";
import type { Kind } from "../data/types";
import { t } from "../texts/language";

export function FiltersForm({ filters, onFilters, agencies, categories }: {
  filters: Filters;
  onFilters: (filters: Filters) => void;
  /** Which occur: of the region's many bodies, the few that a complaint is with. */
  agencies: readonly string[];
  categories: readonly string[];
}): JSX.Element {
  const region = useRegion();
  const any = ["", t("filter.any")] as const;
  const chosen = (part: Partial<Filters>): void => onFilters({ ...filters, ...part });
  const options = (kind: Kind, ids: readonly string[]): (readonly [string, string])[] => [
    any,
    ...ids
      .map((id) => [id, nameOf(region, kind, id)] as const)
      .sort((one, other) => one[1].localeCompare(other[1])),
  ];
  const with_ = (ids: readonly string[], id: string): readonly string[] => (!id || ids.includes(id) ? ids : [...ids, id]);
  const used = Object.values(filters).filter(Boolean).length;
  return (
    <details class="filters screen" open={used > 0 || matchMedia("(min-width: 760px)").matches}>
      <summary>
        {t("filter.title")}
        {used > 0 && <span class="badge">{used}</span>}
      </summary>
      <div class="selects">
        <Select
          label={t("filter.state")}
          value={filters.state}
          onValue={(state) => chosen({ state: state as State | "" })}
          options={[any, ...STATES.map((each) => [each, t(`state.${each}`)] as const)]}
        />
        <Select
          label={t("filter.category")}
          value={filters.category}
          onValue={(category) => chosen({ category })}
          options={options("categories", with_(categories, filters.category))}
        />
        <Select
          label={t("filter.agency")}
          value={filters.agency}
          onValue={(agency) => chosen({ agency })}
          options={options("agencies", with_(agencies, filters.agency))}
        />
        <Select
          label={t("filter.district")}
          value={filters.district}
          onValue={(district) => chosen({ district })}
          options={options("districts", region.districts.map((each) => each.id))}
        />
        {used > 0 && (
          <button type="button" onClick={() => onFilters(NO_FILTERS)}>
            {t("filter.clear")}
          </button>
        )}
      </div>
    </details>
  );
}
