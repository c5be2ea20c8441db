/** Complaints on a map, several that lie near one another as one mark with their number. */
import type { Map as MapLibre, SourceSpecification } from "maplibre-gl";

import type { Colours } from "./colours";
import { FONT, type Over } from "./ground";

export const MARKS = "qamqor-marks";
export const NOTHING: GeoJSON.FeatureCollection = { type: "FeatureCollection", features: [] };

/** What a mark has beside its place: `state` by itself; as a group `point_count`, how many are `overdue`, and of a body's how
 * many are `above`.
 */
export type State = "overdue" | "above" | "working" | "done";

export function marksOver(colours: Colours, source: SourceSpecification): Over {
  const share = ["/", ["get", "overdue"], ["get", "point_count"]];
  const isAbove = ["==", ["get", "above"], ["get", "point_count"]];
  return {
    sources: { [MARKS]: source },
    layers: [
      {
        id: MARKS,
        type: "circle",
        source: MARKS,
        paint: {
          "circle-color": [
            "case",
            ["has", "point_count"],
            ["case", [">=", share, 0.5], colours.overdue, isAbove, colours.above, colours.group],
            ["match", ["get", "state"], "overdue", colours.overdue, "above", colours.above, "done", colours.done, colours.working],
          ],
          "circle-radius": ["case", ["has", "point_count"], ["step", ["get", "point_count"], 15, 20, 18, 100, 22, 1000, 27], 8],
          "circle-stroke-color": ["case", ["all", ["has", "point_count"], [">", ["get", "overdue"], 0]], colours.overdue, colours.rim],
          "circle-stroke-width": ["case", ["has", "point_count"], 3.5, 2],
        },
      },
      {
        id: "qamqor-counts",
        type: "symbol",
        source: MARKS,
        filter: ["has", "point_count"],
        layout: {
          "text-field": ["get", "point_count_abbreviated"],
          "text-font": FONT,
          "text-size": 13,
          "text-allow-overlap": true,
        },
        paint: { "text-color": colours.count },
      },
    ] as Over["layers"],
  };
}

/** Whatever is pressed, one or a group. */
export function onMark(map: MapLibre, pick: (feature: GeoJSON.Feature) => void): void {
  map.on("click", MARKS, ({ features }) => features?.[0] && pick(features[0]));
  map.on("mouseenter", MARKS, () => (map.getCanvas().style.cursor = "pointer"));
  map.on("mouseleave", MARKS, () => (map.getCanvas().style.cursor = ""));
}
