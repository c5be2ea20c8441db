/** What every page needs of the region. */
import { createContext } from "preact";
import { useContext } from "preact/hooks";

import type { Kind, Region } from "./data/types";
import { named } from "./texts/language";

export const RegionContext = createContext<Region | null>(null);

export function useRegion(): Region {
  return useContext(RegionContext)!;
}

/** The name of a body, category or district; its id where the region has given it up. */
export function nameOf(region: Region, kind: Kind, id: string): string {
  const found = region[kind].find((each) => each.id === id);
  return found ? named(found.name) : id;
}
