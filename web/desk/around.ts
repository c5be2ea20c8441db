/** What every page needs of the region and of whoever is at the desk. */
import { createContext } from "preact";
import { useContext } from "preact/hooks";

import { answered, answeredOr, api } from "./api/client";
import type { Me, Region } from "./api/types";
import type { components } from "./api/schema";
import { t } from "./texts/language";

export type Category = components["schemas"]["CategoryView"];

export interface Around {
  region: Region;
  /** Null where the API does not tell. */
  me: Me | null;
  categories: readonly Category[];
  agencies: ReadonlyMap<string, string>;
  /** By id, as far as this officer may know them. */
  officers: ReadonlyMap<string, string>;
  /** The other officers of the body who may be given something, for a choice: id and name. */
  colleagues: readonly (readonly [id: string, name: string])[];
}

export const AroundContext = createContext<Around | null>(null);

export function useAround(): Around {
  return useContext(AroundContext)!;
}

export async function readAround(region: Region): Promise<Around> {
  const [me, categories, agencies] = await Promise.all([
    answeredOr(api.GET("/v1/agency/me", {}), null),
    answered(api.GET("/v1/categories", {})),
    answered(api.GET("/v1/agencies", {})),
  ]);
  const officers = me?.officer?.role === "head" ? await answeredOr(api.GET("/v1/agency/officers", {}), null) : null;
  const named = [...(officers?.items ?? []), ...(me?.officer ? [me.officer] : [])];
  return {
    region,
    me,
    categories: categories.items,
    agencies: new Map(agencies.items.map((each) => [each.id, each.name])),
    colleagues: (officers?.items ?? [])
      .filter((each) => each.state === "active" && each.id !== me?.officer?.id)
      .map((each) => [each.id, each.name ?? each.email ?? each.id] as const),
    officers: new Map(named.flatMap(({ id, name }) => (name ? [[id, name]] : []))),
  };
}

export function agencyName(around: Around, id: string): string {
  return around.agencies.get(id) ?? id;
}

export function categoryName(around: Around, id: string): string {
  return around.categories.find((each) => each.id === id)?.name ?? id;
}

export function districtName(around: Around, id: string | null): string {
  return around.region.areas.features.find((each) => each.id === id)?.properties.name ?? id ?? "";
}

/** To whom of the body something may be given: the officer at the desk first, and nobody last. */
export function takers(around: Around): (readonly [id: string, name: string])[] {
  return [[around.me!.officer!.id, t("field.officer.me")], ...around.colleagues, ["", t("field.officer.nobody")]];
}

/** Whether the officer manages the body's officers and templates. */
export function isHead(around: Around): boolean {
  return around.me !== null && (around.me.officer?.role === "head" || (!around.me.officer && around.me.scopes.includes("admin")));
}
