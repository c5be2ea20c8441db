import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

import { answered, answeredOr, api } from "../api/client";
import type { Counts, Work } from "../api/types";
import { SessionEnded } from "../api/problem";
import { useAround } from "../around";
import { useLoaded } from "../../parts/loaded";
import { useMedia } from "../../parts/media";
import { WorkMap } from "../map/work";
import { said, Show } from "../parts/load";
import { toComplaint } from "../routes";
import { t } from "../texts/language";
import { clock } from "../texts/time";
import { Bulk } from "./bulk";
import { CountsBar } from "./counts";
import { type Filters, FiltersForm, isFiltered, NO_FILTERS } from "./filters";
import { shortcut } from "./keys";
import { Row } from "./row";

/** Kept while the desk is open: who comes back from a complaint finds the list as it was. */
let filtersNow: Filters = NO_FILTERS;
let leftFor: string | null = null;

const REFRESHED = 60_000;
const PAGE = 25;
/** On a map one looks at more than one reads. */
const ON_MAP = 100;

interface Listed {
  items: Work[];
  cursor: string | null;
  at: Date;
}

async function readPage(filters: Filters, limit: number, cursor?: string): Promise<Listed> {
  const { status, category, district, assigned, q } = filters;
  const query = {
    ...(status && { status }),
    ...(category && { category }),
    ...(district && { district }),
    ...(filters.overdue && { overdue: "true" as const }),
    ...(filters.escalated && { role: "supervisor" as const }),
    ...(assigned && { assigned_to: assigned }),
    ...(q && { q }),
    ...(cursor && { cursor }),
    limit,
  };
  const page = await answered(api.GET("/v1/agency/complaints", { params: { query } }));
  return { ...page, at: new Date() };
}

/** The list, and with it the map where that is wanted. */
export function ListPage({ onMap }: { onMap: boolean }): JSX.Element {
  const around = useAround();
  const [filters, setFilters] = useState(filtersNow);
  const size = onMap ? ON_MAP : PAGE;
  const list = useLoaded(() => readPage(filters, size), [filters, size]);
  const counts = useLoaded<Counts | null>(() => answeredOr(api.GET("/v1/agency/counts", {}), null), []);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [more, setMore] = useState<Error | "loading" | null>(null);
  const lines = useRef<HTMLOListElement>(null);
  const search = useRef<HTMLInputElement>(null);
  const [pointed, setPointed] = useState<string | null>(null);
  const wide = useMedia("(min-width: 960px)");

  useEffect(() => {
    document.title = `${t("list.title")} – Qamqor`;
  });
  const refresh = async (): Promise<void> => {
    await Promise.all([list.again(), counts.again()]);
  };
  useEffect(() => {
    // Not under the hands of who has gone on to further pages, or selects.
    const quiet = (list.value?.items.length ?? 0) <= size && selected.size === 0;
    const timer = setInterval(() => quiet && !document.hidden && void refresh(), REFRESHED);
    return () => clearInterval(timer);
  });
  useEffect(() => {
    if (leftFor && list.value) {
      lines.current?.querySelector<HTMLElement>(`[data-id="${leftFor}"]`)?.focus();
      leftFor = null;
    }
  }, [list.value]);
  useEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      const links = [...(lines.current?.querySelectorAll<HTMLElement>("[data-id]") ?? [])];
      const at = links.findIndex((each) => each.closest("li")!.contains(document.activeElement));
      switch (shortcut(event)) {
        case "J":
          links[Math.min(at + 1, links.length - 1)]?.focus();
          break;
        case "K":
          links[Math.max(at - 1, 0)]?.focus();
          break;
        case "X":
          if (at >= 0) toggle(links[at]!.dataset["id"]!);
          break;
        case "Slash":
          search.current?.focus();
          event.preventDefault();
          break;
      }
    };
    addEventListener("keydown", pressed);
    return () => removeEventListener("keydown", pressed);
  });

  const filter = (chosen: Filters): void => {
    filtersNow = chosen;
    setSelected(new Set());
    setFilters(chosen);
  };
  const toggle = (id: string): void =>
    setSelected((before) => {
      const after = new Set(before);
      if (!after.delete(id)) after.add(id);
      return after;
    });
  const readMore = async (): Promise<void> => {
    const shown = list.value!;
    setMore("loading");
    try {
      const next = await readPage(filters, size, shown.cursor!);
      const known = new Set(shown.items.map((each) => each.id));
      // One that is put off while the list is read is met again.
      const fresh = next.items.filter((each) => !known.has(each.id));
      list.set({ ...next, items: [...shown.items, ...fresh] });
      setMore(null);
      requestAnimationFrame(() => lines.current?.querySelector<HTMLElement>(`[data-id="${fresh[0]?.id}"]`)?.focus());
    } catch (error) {
      setMore(error instanceof SessionEnded ? null : (error as Error));
    }
  };

  return (
    <>
      <div class="heading">
        <h1>{t("list.title")}</h1>
        <p class="quiet">
          {list.value && t("list.as-of", { time: clock(list.value.at) })}{" "}
          <button type="button" class="plain" onClick={() => void refresh()}>
            {t("list.refresh")}
          </button>{" "}
          <a class="switch screen" href={onMap ? "#/" : "#/map"}>
            {t(onMap ? "list.no-map" : "list.map")}
          </a>
        </p>
      </div>
      {counts.value && <CountsBar counts={counts.value} filters={filters} onFilters={filter} />}
      <FiltersForm filters={filters} onFilters={filter} search={search} around={around} />
      <Show loaded={list}>
        {({ items, cursor }) => {
          const map = onMap && <WorkMap key="map" works={items} pointed={pointed} onOpen={(id) => (leftFor = id)} />;
          const rows = (
            <div key="rows" class="listed">
              <p class="quiet" role="status">
                {t("list.shown", { count: items.length })}
              </p>
              {items.length === 0 && cursor === null ? (
                <div class="empty">
                  <p>{t("list.empty")}</p>
                  {isFiltered(filters) ? (
                    <button type="button" onClick={() => filter(NO_FILTERS)}>
                      {t("filter.clear")}
                    </button>
                  ) : (
                    <p class="quiet">{t("list.empty.hint")}</p>
                  )}
                </div>
              ) : (
                <ol class="work" ref={lines}>
                  {items.map((each) => (
                    <Row
                      key={each.id}
                      work={each}
                      selected={selected.has(each.id)}
                      onSelect={() => toggle(each.id)}
                      onOpen={() => (leftFor = each.id)}
                      onPoint={() => setPointed(each.id)}
                      href={toComplaint(each.id)}
                    />
                  ))}
                </ol>
              )}
              {more instanceof Error && (
                <p class="notice bad" role="alert">
                  {said(more)}
                </p>
              )}
              {cursor !== null && (
                <button type="button" class="wide" disabled={more === "loading"} onClick={() => void readMore()}>
                  {t(more === "loading" ? "loading" : "list.more")}
                </button>
              )}
            </div>
          );
          // In the order in which they stand on the screen, beside one another or below.
          return <div class={onMap ? "both" : undefined}>{wide ? [rows, map] : [map, rows]}</div>;
        }}
      </Show>
      {selected.size > 0 && (
        <Bulk
          works={(list.value?.items ?? []).filter((each) => selected.has(each.id))}
          onClear={() => setSelected(new Set())}
          onDone={refresh}
        />
      )}
    </>
  );
}
