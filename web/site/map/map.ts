/** MapLibre over the outlines of the districts: no tile, no font and no image is asked of anybody. */
import { type GeoJSONSource, Map as MapLibre, NavigationControl, setWorkerUrl, type StyleSpecification } from "maplibre-gl";

import { holder } from "../data/holder";
import type { Mark } from "../data/questions";
import type { Complaint, Region } from "../data/types";
import { named, t } from "../texts/language";
import { coloursOf } from "./colours";

declare const MAP_WORKER_FILE: string;
setWorkerUrl(new URL(MAP_WORKER_FILE, import.meta.url).href);

const MOST_PICKED = 25;
/** As near as points are still gathered: see the worker. */
const NEAREST = 14;
const PAD = 24;
const NOTHING: GeoJSON.FeatureCollection = { type: "FeatureCollection", features: [] };
const FONT = ["Noto Sans", "Segoe UI", "Roboto", "sans-serif"];

export interface Shown {
  /** Once the points are to be seen; rejected where the browser draws no map. */
  drawn: Promise<void>;
  /** After other filters. */
  refresh: () => void;
  end: () => void;
}

export function showMap(
  container: HTMLElement,
  { region, onPick, dark }: { region: Region; onPick: (complaints: Complaint[]) => void; dark: boolean },
): Shown {
  const bounds = boundsOf(region);
  const map = new MapLibre({
    container,
    style: styleOf(region, dark),
    bounds,
    fitBoundsOptions: { padding: PAD },
    minZoom: 6,
    maxZoom: NEAREST,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    attributionControl: false,
    cooperativeGestures: true,
    fadeDuration: 0,
    locale: {
      "Map.Title": t("map"),
      "NavigationControl.ZoomIn": t("map.in"),
      "NavigationControl.ZoomOut": t("map.out"),
      "CooperativeGesturesHandler.WindowsHelpText": t("map.ctrl"),
      "CooperativeGesturesHandler.MacHelpText": t("map.cmd"),
      "CooperativeGesturesHandler.MobileHelpText": t("map.fingers"),
    },
  });
  map.addControl(new NavigationControl({ showCompass: false }));
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();

  let asked = 0;
  const draw = async (): Promise<void> => {
    const mine = ++asked;
    const box = map.getBounds();
    const features = await holder.marks(
      [box.getWest(), box.getSouth(), box.getEast(), box.getNorth()],
      Math.floor(map.getZoom()),
    );
    if (mine === asked) map.getSource<GeoJSONSource>("marks")?.setData({ type: "FeatureCollection", features });
  };
  const pick = async (feature: GeoJSON.Feature): Promise<void> => {
    const properties = feature.properties!;
    if (!properties["cluster"]) {
      const { found } = await holder.find((properties as Mark).number);
      if (found) onPick([found]);
      return;
    }
    const cluster = properties["cluster_id"] as number;
    const zoom = await holder.expansion(cluster);
    // What lies on one spot never parts, however near one comes.
    if (zoom > NEAREST) onPick((await holder.leaves(cluster)).slice(0, MOST_PICKED));
    else map.easeTo({ center: (feature.geometry as GeoJSON.Point).coordinates as [number, number], zoom });
  };

  const drawn = new Promise<void>((resolve, reject) => {
    map.once("load", () => {
      void draw();
      map.on("sourcedata", (event) => {
        if (event.sourceId === "marks" && event.sourceDataType === "content") map.once("idle", () => resolve());
      });
    });
    map.once("webglcontextlost", () => reject(new Error("the map's ground was lost")));
  });
  map.on("moveend", () => void draw());
  map.on("click", "marks", ({ features }) => features?.[0] && void pick(features[0]));
  map.on("mouseenter", "marks", () => (map.getCanvas().style.cursor = "pointer"));
  map.on("mouseleave", "marks", () => (map.getCanvas().style.cursor = ""));
  return { drawn, refresh: () => void draw(), end: () => map.remove() };
}

function styleOf(region: Region, dark: boolean): StyleSpecification {
  const colours = coloursOf(dark);
  const districts: GeoJSON.FeatureCollection = {
    type: "FeatureCollection",
    features: region.districts.map(({ name, geometry }) => ({
      type: "Feature",
      properties: { name: named(name) },
      geometry: geometry as GeoJSON.MultiPolygon,
    })),
  };
  const share = ["/", ["get", "overdue"], ["get", "point_count"]];
  return {
    version: 8,
    sources: {
      districts: { type: "geojson", data: districts },
      marks: { type: "geojson", data: NOTHING },
    },
    layers: [
      { id: "ground", type: "background", paint: { "background-color": colours.ground } },
      { id: "areas", type: "fill", source: "districts", paint: { "fill-color": colours.area } },
      { id: "borders", type: "line", source: "districts", paint: { "line-color": colours.border, "line-width": 1.5 } },
      {
        id: "names",
        type: "symbol",
        source: "districts",
        layout: { "text-field": ["get", "name"], "text-font": FONT, "text-size": 12, "text-max-width": 8 },
        paint: { "text-color": colours.name, "text-halo-color": colours.area, "text-halo-width": 1.5 },
      },
      {
        id: "marks",
        type: "circle",
        source: "marks",
        paint: {
          "circle-color": [
            "case",
            ["has", "point_count"],
            ["case", [">=", share, 0.5], colours.overdue, colours.group],
            ["match", ["get", "state"], "overdue", colours.overdue, "done", colours.done, colours.working],
          ],
          "circle-radius": ["case", ["has", "point_count"], ["step", ["get", "point_count"], 15, 20, 18, 100, 22, 1000, 27], 8],
          "circle-stroke-color": ["case", ["all", ["has", "point_count"], [">", ["get", "overdue"], 0]], colours.overdue, colours.rim],
          "circle-stroke-width": ["case", ["has", "point_count"], 3.5, 2],
        },
      },
      {
        id: "counts",
        type: "symbol",
        source: "marks",
        filter: ["has", "point_count"],
        layout: {
          "text-field": ["get", "point_count_abbreviated"],
          "text-font": FONT,
          "text-size": 13,
          "text-allow-overlap": true,
        },
        paint: { "text-color": colours.count },
      },
    ],
  } as StyleSpecification;
}

function boundsOf({ boundary }: Region): [number, number, number, number] {
  const points = boundary.coordinates.flat(2) as [number, number][];
  return points.reduce<[number, number, number, number]>(
    ([west, south, east, north], [lon, lat]) => [
      Math.min(west, lon),
      Math.min(south, lat),
      Math.max(east, lon),
      Math.max(north, lat),
    ],
    [Infinity, Infinity, -Infinity, -Infinity],
  );
}
