/** MapLibre over the outlines of the districts, and over a base map where the region has one. Where it has none, no tile, no
 * font and no image is asked of anybody.
 */
import {
  addProtocol,
  AttributionControl,
  type LayerSpecification,
  Map as MapLibre,
  NavigationControl,
  setWorkerUrl,
  type SourceSpecification,
  type StyleSpecification,
} from "maplibre-gl";

import { type Colours, coloursOf } from "./colours";
import { middleOf } from "./names";

declare const MAP_WORKER_FILE: string;
setWorkerUrl(new URL(MAP_WORKER_FILE, import.meta.url).href);
// Loaded once something asks for it: a region's archive, or a style with one.
const archives = (): Promise<typeof import("./map-base")> => import("./map-base");
addProtocol("pmtiles", async (asked, ended) => (await archives()).read(asked, ended));

const PAD = 24;
const FURTHEST = 6;
/** As drawn by the browser itself: no font is loaded. */
export const FONT = ["Noto Sans", "Segoe UI", "Roboto", "sans-serif"];

export type Box = [west: number, south: number, east: number, north: number];
export type Outline = number[][][][];
/** As the region names one: the address of a style for MapLibre, or of an archive of tiles. */
export type BaseMap = { style: string } | { pmtiles: string };

/** What a map lies on. */
export interface Areas {
  boundary: Outline;
  districts: readonly { id: string; name: string; outline: Outline }[];
  base: BaseMap | null;
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
  // A style is as light as its maker made it.
  const colours = coloursOf(look.dark && !(areas.base && "style" in areas.base));
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
  if (areas.base !== null) lay(map, areas.base, colours);
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
function lay(map: MapLibre, base: BaseMap, colours: Colours): void {
  let gone = false;
  map.once("remove", () => (gone = true));
  map.addControl(new AttributionControl({ compact: false }));
  map.once("style.load", async () => {
    const style = "style" in base ? base.style : await drawn(base.pmtiles, colours).catch(console.error);
    if (gone || !style) return;
    map.setStyle(style, {
      transformStyle: (before, { sources, layers, sprite, glyphs }) => ({
        ...before!,
        ...(sprite && { sprite }),
        ...(glyphs && { glyphs }),
        sources: { ...sources, ...before!.sources },
        layers: [...layers, ...before!.layers.filter(({ id }) => id !== GROUND && id !== AREAS)],
      }),
    });
  });
}

async function drawn(archive: string, colours: Colours): Promise<StyleSpecification> {
  return (await archives()).styleOf(archive, colours);
}

const GROUND = "qamqor-ground";
const AREAS = "qamqor-areas";
export const DISTRICTS = "qamqor-districts";
const NAMES = "qamqor-names";

function styleOf({ districts, base }: Areas, colours: Colours, over: Over): StyleSpecification {
  return {
    version: 8,
    sources: {
      [DISTRICTS]: {
        type: "geojson",
        data: {
          type: "FeatureCollection",
          features: districts.map(({ id, outline }) => ({
            type: "Feature",
            properties: { id },
            geometry: { type: "MultiPolygon", coordinates: outline },
          })),
        },
      },
      [NAMES]: {
        type: "geojson",
        data: {
          type: "FeatureCollection",
          features: districts.map(({ name, outline }) => ({
            type: "Feature",
            properties: { name },
            geometry: { type: "Point", coordinates: middleOf(outline) },
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
        // Over streets, not to be taken for one.
        paint: {
          "line-color": base === null ? colours.border : colours.name,
          "line-opacity": base === null ? 1 : 0.6,
          "line-width": 1.5,
        },
      },
      {
        id: NAMES,
        type: "symbol",
        source: NAMES,
        layout: { "text-field": ["get", "name"], "text-font": FONT, "text-size": 12, "text-max-width": 8 },
        paint: { "text-color": colours.name, "text-halo-color": colours.area, "text-halo-width": 1.5 },
      },
      ...over.layers,
    ],
  };
}
