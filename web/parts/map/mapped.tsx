import type { ComponentChildren, JSX, RefObject } from "preact";

import { t } from "../../texts/map";
import { MapFrame } from "./frame";
import type { State } from "./marks";
import { Picked } from "./picked";
import type { Standing } from "./shown";

/** The map beside a list: `picked` is what lies at the place that was pressed, and `children` are its lines. */
export function Mapped({ map, legend, picked, onClose, children }: {
  map: { ground: RefObject<HTMLDivElement | null>; standing: Standing };
  legend: readonly (readonly [state: State, said: string])[];
  picked: readonly unknown[];
  onClose: () => void;
  children: ComponentChildren;
}): JSX.Element {
  return (
    <section class="mapped screen" aria-labelledby="map">
      <h2 id="map" class="unseen">
        {t("title")}
      </h2>
      <MapFrame map={map} otherwise={t("none.list")} legend={legend}>
        {picked.length > 0 && (
          <Picked of={picked} onClose={onClose}>
            {children}
          </Picked>
        )}
      </MapFrame>
    </section>
  );
}
