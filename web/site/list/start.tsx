import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";

import { useRegion } from "../around";
import { holder } from "../data/holder";
import type { Filters } from "../data/sieve";
import { useLoaded } from "../../parts/loaded";
import { useMedia } from "../../parts/media";
import { Show } from "../loaded";
import { MapPanel } from "../map/panel";
import { replace, toStart } from "../routes";
import { named, t } from "../texts/language";
import { CountsBar } from "./counts";
import { FiltersForm } from "./filters";
import { List } from "./list";
import { Search } from "./search";

const PAGE = 20;

export function StartPage({ filters }: { filters: Filters }): JSX.Element {
  const region = useRegion();
  const wanted = JSON.stringify(filters);
  const [shown, setShown] = useState({ of: wanted, count: PAGE });
  const count = shown.of === wanted ? shown.count : PAGE;
  const list = useLoaded(
    async () => ({ sieved: wanted, listed: await holder.list(filters, count) }),
    [wanted, count],
  );
  const wide = useMedia("(min-width: 960px)");
  const title = t("start.title", { region: named(region.name) });

  useEffect(() => {
    document.title = `${title} – Qamqor`;
  }, [title]);
  const again = async (): Promise<void> => {
    await holder.again().catch(() => null);
    await list.again();
  };
  const filter = (chosen: Filters): void => replace(toStart(chosen));
  return (
    <>
      <div class="heading">
        <div class="lead">
          <h1>{title}</h1>
          <p>{t("start.lead")}</p>
        </div>
        <Search prefix={region.number_prefix} />
      </div>
      <Show loaded={list} again={again}>
        {({ sieved, listed }) => {
          const map = <MapPanel key="map" sieved={sieved} />;
          const rows = (
            <List key="rows" listed={listed} onMore={() => setShown({ of: wanted, count: count + PAGE })} />
          );
          return (
            <>
              <CountsBar counts={listed.counts} filters={filters} onFilters={filter} />
              <FiltersForm
                filters={filters}
                onFilters={filter}
                agencies={listed.agencies}
                categories={listed.categories}
              />
              {/* In the order in which they stand on the screen, beside one another or below. */}
              <div class="both">{wide ? [rows, map] : [map, rows]}</div>
            </>
          );
        }}
      </Show>
    </>
  );
}
