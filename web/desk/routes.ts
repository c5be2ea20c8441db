import { useEffect, useState } from "preact/hooks";

/** Where one is: `#/`, `#/map`, `#/complaints/<id>`, `#/complaints/<id>/<move>`, `#/templates`, `#/officers`, `#/settings`. */
export type Place =
  | { page: "list" | "map" | "templates" | "officers" | "settings" | "missing" }
  | { page: "complaint"; id: string; move: string | null };

export function placeOf(hash: string): Place {
  const [page = "", id, move] = hash.replace(/^#\/?/, "").split("?")[0]!.split("/").map(decodeURIComponent);
  if (page === "") return { page: "list" };
  if (page === "complaints" && id) return { page: "complaint", id, move: move ?? null };
  if (page === "map" || page === "templates" || page === "officers" || page === "settings") return { page };
  return { page: "missing" };
}

export function toComplaint(id: string, move?: string): string {
  return `#/complaints/${encodeURIComponent(id)}${move ? `/${move}` : ""}`;
}

/** Moves on without a new entry where it only shows something else of the same page. */
export function go(hash: string, { replace = false } = {}): void {
  if (replace) {
    history.replaceState(null, "", hash);
    dispatchEvent(new HashChangeEvent("hashchange"));
  } else {
    location.hash = hash;
  }
}

export function usePlace(): Place {
  const [place, setPlace] = useState(() => placeOf(location.hash));
  useEffect(() => {
    const moved = (): void => setPlace(placeOf(location.hash));
    addEventListener("hashchange", moved);
    return () => removeEventListener("hashchange", moved);
  }, []);
  return place;
}
