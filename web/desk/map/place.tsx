import type { JSX } from "preact";

import { MapFrame } from "../../parts/map/frame";
import { useShown } from "../../parts/map/shown";
import { t as said } from "../../texts/map";
import { useAround } from "../around";
import { t } from "../texts/language";
import { areasOf } from "./areas";

/** Where a complaint is, among the districts or on the base map. */
export function PlaceMap({ lat, lon, district }: { lat: number; lon: number; district: string | null }): JSX.Element {
  const { region } = useAround();
  const map = useShown(
    t("complaint.map"),
    () => import("./map"),
    ({ showPlace }, container, look) => showPlace(container, { areas: areasOf(region), look, lat, lon, district }),
    [lat, lon, district],
  );
  return (
    <div class="place-map screen">
      <MapFrame map={map} otherwise={said("none.place")} />
    </div>
  );
}
