/** Where the name of an area stands: laid upon its outline, it would stand in each tile that the outline crosses. */
import polylabel from "polylabel";

import type { Outline } from "./ground";

/** Degrees: some 50 metres. */
const NEARLY = 0.0005;

/** The place within that is farthest from the border; of several parts in the roomiest. */
export function middleOf(outline: Outline): [lon: number, lat: number] {
  const [lon, lat] = outline
    .map((polygon) => polylabel(polygon as [number, number][][], NEARLY))
    .reduce((best, each) => (each.distance > best.distance ? each : best));
  return [lon, lat];
}
