/** A body's complaints, or the place of one, on the map. */
import type { ExpressionSpecification, GeoJSONSource } from "maplibre-gl";

import { type Areas, type Box, boundsOf, DISTRICTS, fit, groundMap, type Look, lost, settled } from "../../parts/map/ground";
import { MARKS, marksOver, NOTHING, onMark, type State } from "../../parts/map/marks";
import type { Shown } from "../../parts/map/shown";

const NEAREST = 17;
const GATHERED = 44;
const MOST_PICKED = 25;
/** Degrees around a place, where a base map shows its streets. */
const STREETS = 0.006;

export interface Mark {
  id: string;
  state: State;
  lon: number;
  lat: number;
}

export interface Bodys extends Shown {
  /** These, in view where none of them would be. */
  mark: (marks: readonly Mark[]) => void;
  /** Points to one. */
  point: (mark: Mark | null) => void;
}

export function showMarks(
  container: HTMLElement,
  { areas, look, marks, onPick }: {
    areas: Areas;
    look: Look;
    marks: readonly Mark[];
    onPick: (ids: string[]) => void;
  },
): Bodys {
  const map = groundMap(container, {
    areas,
    look,
    nearest: NEAREST,
    view: boxOf(marks) ?? boundsOf(areas.boundary.flat(2)),
    over: (colours) => {
      const over = marksOver(colours, {
        type: "geojson",
        data: featuresOf(marks),
        cluster: true,
        clusterRadius: GATHERED,
        clusterMaxZoom: NEAREST,
        clusterProperties: { overdue: howMany("overdue"), above: howMany("above") },
      });
      return {
        sources: { ...over.sources, [POINTED]: { type: "geojson", data: NOTHING } },
        layers: [
          ...over.layers,
          {
            id: POINTED,
            type: "circle",
            source: POINTED,
            paint: {
              "circle-radius": 22,
              "circle-opacity": 0,
              "circle-stroke-color": colours.group,
              "circle-stroke-width": 3,
            },
          },
        ],
      };
    },
  });
  const pick = async ({ properties, geometry }: GeoJSON.Feature): Promise<void> => {
    if (!properties!["cluster"]) {
      onPick([properties!["id"] as string]);
      return;
    }
    const source = map.getSource<GeoJSONSource>(MARKS)!;
    const cluster = properties!["cluster_id"] as number;
    const zoom = await source.getClusterExpansionZoom(cluster);
    // What lies on one spot never parts, however near one comes.
    if (zoom > NEAREST) {
      const leaves = await source.getClusterLeaves(cluster, MOST_PICKED, 0);
      onPick(leaves.map((each) => each.properties!["id"] as string));
    } else {
      map.easeTo({ center: (geometry as GeoJSON.Point).coordinates as [number, number], zoom });
    }
  };
  onMark(map, (feature) => void pick(feature));
  return {
    drawn: Promise.race([settled(map), lost(map)]),
    end: () => map.remove(),
    mark: (now) => {
      map.getSource<GeoJSONSource>(MARKS)?.setData(featuresOf(now));
      const box = boxOf(now);
      const seen = map.getBounds();
      if (box && !now.some(({ lon, lat }) => seen.contains([lon, lat]))) map.fitBounds(box, fit(areas));
    },
    point: (mark) => {
      map.getSource<GeoJSONSource>(POINTED)?.setData(featuresOf(mark === null ? [] : [mark]));
      if (mark && !map.getBounds().contains([mark.lon, mark.lat])) map.panTo([mark.lon, mark.lat]);
    },
  };
}

export function showPlace(
  container: HTMLElement,
  { areas, look, lon, lat, district }: {
    areas: Areas;
    look: Look;
    lon: number;
    lat: number;
    district: string | null;
  },
): Shown {
  const map = groundMap(container, {
    areas,
    look,
    nearest: NEAREST,
    view:
      areas.base === null
        ? boundsOf(areas.boundary.flat(2))
        : [lon - STREETS, lat - STREETS / 2, lon + STREETS, lat + STREETS / 2],
    over: (colours) => ({
      sources: { [PLACE]: { type: "geojson", data: { type: "Point", coordinates: [lon, lat] } } },
      layers: [
        {
          id: "qamqor-here",
          type: "line",
          source: DISTRICTS,
          filter: ["==", ["get", "id"], district ?? ""] as ExpressionSpecification,
          paint: { "line-color": colours.working, "line-width": 2.5 },
        },
        {
          id: "qamqor-halo",
          type: "circle",
          source: PLACE,
          paint: { "circle-color": colours.overdue, "circle-opacity": 0.25, "circle-radius": 16 },
        },
        {
          id: PLACE,
          type: "circle",
          source: PLACE,
          paint: {
            "circle-color": colours.overdue,
            "circle-radius": 7,
            "circle-stroke-color": colours.rim,
            "circle-stroke-width": 2,
          },
        },
      ],
    }),
  });
  return { drawn: Promise.race([settled(map), lost(map)]), end: () => map.remove() };
}

function howMany(state: State): unknown {
  return ["+", ["case", ["==", ["get", "state"], state], 1, 0]];
}

const POINTED = "qamqor-pointed";
const PLACE = "qamqor-place";

function featuresOf(marks: readonly Mark[]): GeoJSON.FeatureCollection {
  return {
    type: "FeatureCollection",
    features: marks.map(({ id, state, lon, lat }) => ({
      type: "Feature",
      properties: { id, state },
      geometry: { type: "Point", coordinates: [lon, lat] },
    })),
  };
}

/** Around all of them; null where there are none. */
function boxOf(marks: readonly Mark[]): Box | null {
  return marks.length === 0 ? null : boundsOf(marks.map(({ lon, lat }) => [lon, lat]));
}
