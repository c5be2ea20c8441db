/** MapLibre over the outlines of the districts, and over a base map where the region has one. Where it has none, no tile, no
 * font and no image is asked of anybody.
 */
import {
  AttributionControl,
  type LayerSpecification,
  Map as MapLibre,
  NavigationControl,
  setWorkerUrl,
  type SourceSpecification,
  type StyleSpecification,
} from "maplibre-gl";

import { type Colours, coloursOf } from "./colours";

declare const MAP_WORKER_FILE: string;
setWorkerUrl(new URL(MAP_WORKER_FILE, import.meta.url).href);

const PAD = 24;
const FURTHEST = 6;
/** As drawn by the browser itself: no font is loaded. */
export const FONT = ["Noto Sans", "Segoe UI", "Roboto", "sans-serif"];

export type Box = [west: number, south: number, east: number, north: number];
type Outline = number[][][][];

/** What a map lies on; `base` is the address of a style, as the region names one. */
export interface Areas {
  boundary: Outline;
  districts: readonly { id: string; name: string; outline: Outline }[];
  base: string | null;
}

export interface Look {
  dark: boolean;
  /** By the names that MapLibre has for its words. */
  words: Record<string, string>;
}

/** What is drawn over the districts. */
export interface Over {
  sources: Record<string, SourceSpecification>;
  layers: LayerSpecification[];
}

export function groundMap(
  container: HTMLElement,
  { areas, look, nearest, view, over }: {
    areas: Areas;
    look: Look;
    nearest: number;
    /** What is in view at first. */
    view: Box;
    over: (colours: Colours) => Over;
  },
): MapLibre {
  // A base map is as light as its maker made it.
  const colours = coloursOf(look.dark && areas.base === null);
  const map = new MapLibre({
    container,
    style: styleOf(areas, colours, over(colours)),
    bounds: view,
    fitBoundsOptions: fit(areas),
    minZoom: FURTHEST,
    maxZoom: nearest,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    attributionControl: false,
    cooperativeGestures: true,
    fadeDuration: 0,
    locale: look.words,
  });
  map.addControl(new NavigationControl({ showCompass: false }));
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  if (areas.base !== null) lay(map, areas.base);
  return map;
}

/** How near one comes to what is to be in view: to its streets where they are drawn, else to where borders are to be seen. */
export function fit({ base }: Areas): { padding: number; maxZoom: number } {
  return { padding: PAD, maxZoom: base === null ? 11 : 16 };
}

/** Rejects where the browser loses what it draws the map on before it is drawn. */
export function lost(map: MapLibre): Promise<never> {
  return new Promise((_, reject) => {
    map.once("webglcontextlost", () => reject(new Error("the map's ground was lost")));
  });
}

/** Once everything is to be seen. */
export function settled(map: MapLibre): Promise<void> {
  return new Promise((resolve) => {
    map.once("idle", () => resolve());
  });
}

export function boundsOf(points: readonly (readonly number[])[]): Box {
  return points.reduce<Box>(
    ([west, south, east, north], point) => [
      Math.min(west, point[0]!),
      Math.min(south, point[1]!),
      Math.max(east, point[0]!),
      Math.max(north, point[1]!),
    ],
    [Infinity, Infinity, -Infinity, -Infinity],
  );
}

/** The base map under what is drawn by then; where it does not come, the districts stand as they are. */
function lay(map: MapLibre, base: string): void {
  map.addControl(new AttributionControl({ compact: false }));
  map.once("style.load", () =>
    map.setStyle(base, {
      transformStyle: (before, { sources, layers, sprite, glyphs }) => ({
        ...before!,
        ...(sprite && { sprite }),
        ...(glyphs && { glyphs }),
        sources: { ...sources, ...before!.sources },
        layers: [...layers, ...before!.layers.filter(({ id }) => id !== GROUND && id !== AREAS)],
      }),
    }),
  );
}

const GROUND = "qamqor-ground";
const AREAS = "qamqor-areas";
export const DISTRICTS = "qamqor-districts";

function styleOf({ districts }: Areas, colours: Colours, over: Over): StyleSpecification {
  return {
    version: 8,
    sources: {
      [DISTRICTS]: {
        type: "geojson",
        data: {
          type: "FeatureCollection",
          features: districts.map(({ id, name, outline }) => ({
            type: "Feature",
            properties: { id, name },
            geometry: { type: "MultiPolygon", coordinates: outline },
          })),
        },
      },
      ...over.sources,
    },
    layers: [
      { id: GROUND, type: "background", paint: { "background-color": colours.ground } },
      { id: AREAS, type: "fill", source: DISTRICTS, paint: { "fill-color": colours.area } },
      {
        id: "qamqor-borders",
        type: "line",
        source: DISTRICTS,
        paint: { "line-color": colours.border, "line-width": 1.5 },
      },
      {
        id: "qamqor-names",
        type: "symbol",
        source: DISTRICTS,
        layout: { "text-field": ["get", "name"], "text-font": FONT, "text-size": 12, "text-max-width": 8 },
        paint: { "text-color": colours.name, "text-halo-color": colours.area, "text-halo-width": 1.5 },
      },
      ...over.layers,
    ],
  };
}
