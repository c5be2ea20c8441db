import type { JSX } from "preact";

import type { Region } from "../api/types";
import { t } from "../texts/language";

const WIDTH = 320;
const FINEST = 0.7;

type Point = readonly number[];

/** The region's districts in outline, and the place: nothing is asked of anybody else's server. */
export function PlaceMap({ region, lat, lon, district }: {
  region: Region;
  lat: number;
  lon: number;
  district: string | null;
}): JSX.Element {
  const areas = region.areas.features;
  const points = areas.flatMap((each) => each.geometry.coordinates.flat(2));
  const west = Math.min(...extremes(points, 0));
  const east = Math.max(...extremes(points, 0));
  const south = Math.min(...extremes(points, 1));
  const north = Math.max(...extremes(points, 1));
  // Degrees of longitude are shorter, the further north.
  const narrow = Math.cos((((south + north) / 2) * Math.PI) / 180);
  const scale = WIDTH / ((east - west) * narrow);
  const x = (at: number): number => (at - west) * narrow * scale;
  const y = (at: number): number => (north - at) * scale;
  const height = y(south);
  const outline = (ring: readonly Point[]): string => {
    const path: string[] = [];
    let last: [number, number] | null = null;
    for (const point of ring) {
      const here: [number, number] = [x(point[0]!), y(point[1]!)];
      if (last && Math.hypot(here[0] - last[0], here[1] - last[1]) < FINEST) continue;
      path.push(`${path.length ? "L" : "M"}${here[0].toFixed(1)} ${here[1].toFixed(1)}`);
      last = here;
    }
    return `${path.join("")}Z`;
  };
  return (
    <svg class="map" viewBox={`-6 -6 ${WIDTH + 12} ${(height + 12).toFixed(0)}`} role="img" aria-label={t("complaint.map")}>
      {areas.map((area) => (
        <path
          key={area.properties.kind + area.id}
          class={`${area.properties.kind}${area.id === district ? " here" : ""}`}
          d={area.geometry.coordinates.flat().map(outline).join("")}
        />
      ))}
      <circle class="halo" cx={x(lon)} cy={y(lat)} r="11" />
      <circle class="spot" cx={x(lon)} cy={y(lat)} r="5" />
    </svg>
  );
}

/** Smallest and largest of one coordinate, of however many points. */
function extremes(points: readonly Point[], axis: 0 | 1): [number, number] {
  return points.reduce<[number, number]>(
    ([least, most], point) => [Math.min(least, point[axis]!), Math.max(most, point[axis]!)],
    [Infinity, -Infinity],
  );
}
