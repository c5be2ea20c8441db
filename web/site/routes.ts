import { useEffect, useState } from "preact/hooks";

import { type Filters, NO_FILTERS, type State, STATES } from "./data/sieve";
import { type Kind, KINDS } from "./data/types";

/** Where one is: `#/?state=…&category=…`, `#/figures/<kind>`, `#/<kind>/<id>`, `#/data`. */
export type Place =
  | { page: "start"; filters: Filters }
  | { page: "figures"; kind: Kind }
  | { page: "group"; kind: Kind; id: string }
  | { page: "data" | "missing" };

export function placeOf(hash: string): Place {
  const [path = "", query = ""] = hash.replace(/^#\/?/, "").split("?");
  const [page = "", named] = path.split("/").map(decodeURIComponent);
  if (page === "") return { page: "start", filters: filtersOf(new URLSearchParams(query)) };
  if (page === "figures") return { page, kind: isKind(named) ? named : "agencies" };
  if (isKind(page) && named) return { page: "group", kind: page, id: named };
  return { page: page === "data" ? page : "missing" };
}

function isKind(text: string | undefined): text is Kind {
  return (KINDS as readonly (string | undefined)[]).includes(text);
}

function filtersOf(query: URLSearchParams): Filters {
  const state = query.get("state") ?? "";
  const of = (name: string): string => query.get(name) ?? "";
  return {
    state: (STATES as readonly string[]).includes(state) ? (state as State) : "",
    category: of("category"),
    agency: of("agency"),
    district: of("district"),
  };
}

export function toStart(filters: Partial<Filters>): string {
  const chosen = Object.entries({ ...NO_FILTERS, ...filters }).filter(([, value]) => value);
  return chosen.length ? `#/?${new URLSearchParams(chosen).toString()}` : "#/";
}

export function toGroup(kind: Kind, id: string): string {
  return `#/${kind}/${encodeURIComponent(id)}`;
}

/** Where else the same is shown otherwise: without a new entry. */
export function replace(hash: string): void {
  history.replaceState(null, "", hash);
  dispatchEvent(new HashChangeEvent("hashchange"));
}

export function usePlace(): Place {
  const [place, setPlace] = useState(() => placeOf(location.hash));
  useEffect(() => {
    const moved = (): void => setPlace(placeOf(location.hash));
    addEventListener("hashchange", moved);
    // It may have changed before anybody listened.
    moved();
    return () => removeEventListener("hashchange", moved);
  }, []);
  return place;
}
