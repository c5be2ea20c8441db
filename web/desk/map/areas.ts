import type { Region } from "../api/types";
import type { Areas } from "../../parts/map/ground";

/** What the desk's maps lie on. */
export function areasOf({ areas, base_map }: Region): Areas {
  const of = (kind: string): Region["areas"]["features"] =>
    areas.features.filter(({ properties }) => properties.kind === kind);
  return {
    boundary: of("boundary").flatMap(({ geometry }) => geometry.coordinates),
    districts: of("district").map(({ id, properties, geometry }) => ({
      id,
      name: properties.name,
      outline: geometry.coordinates,
    })),
    base: base_map ?? null,
  };
}
