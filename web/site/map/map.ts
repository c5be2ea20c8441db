/** The complaints of everybody, on the map. */
import type { GeoJSONSource } from "maplibre-gl";

import { type Areas, boundsOf, groundMap, type Look, lost } from "../../parts/map/ground";
import { MARKS, marksOver, NOTHING, onMark } from "../../parts/map/marks";
import type { Shown } from "../../parts/map/shown";
import type { Holder } from "../data/holder";
import type { Mark } from "../data/questions";
import type { Complaint } from "../data/types";

const MOST_PICKED = 25;
/** As near as points are still gathered: see the worker. */
const NEAREST = 14;

export interface Everybodys extends Shown {
  /** After other filters. */
  refresh: () => void;
}

export function showMap(
  container: HTMLElement,
  { areas, look, holder, onPick }: {
    areas: Areas;
    look: Look;
    holder: Holder;
    onPick: (complaints: Complaint[]) => void;
  },
): Everybodys {
  const map = groundMap(container, {
    areas,
    look,
    nearest: NEAREST,
    view: boundsOf(areas.boundary.flat(2)),
    over: (colours) => marksOver(colours, { type: "geojson", data: NOTHING }),
  });
  let asked = 0;
  const draw = async (): Promise<void> => {
    const mine = ++asked;
    const box = map.getBounds();
    const features = await holder.marks(
      [box.getWest(), box.getSouth(), box.getEast(), box.getNorth()],
      Math.floor(map.getZoom()),
    );
    if (mine === asked) map.getSource<GeoJSONSource>(MARKS)?.setData({ type: "FeatureCollection", features });
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

  const drawn = new Promise<void>((resolve) => {
    map.once("load", () => {
      void draw();
      map.on("sourcedata", (event) => {
        if (event.sourceId === MARKS && event.sourceDataType === "content") map.once("idle", () => resolve());
      });
    });
  });
  map.on("moveend", () => void draw());
  onMark(map, (feature) => void pick(feature));
  return { drawn: Promise.race([drawn, lost(map)]), refresh: () => void draw(), end: () => map.remove() };
}
