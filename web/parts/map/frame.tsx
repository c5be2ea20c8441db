import type { ComponentChildren, JSX, RefObject } from "preact";

import { t } from "../../texts/map";
import type { Standing } from "./shown";

/** Where a map stands, with what lies over it; or that there is none, and what there is `otherwise`. */
export function MapFrame({ map: { ground, standing }, otherwise, children }: {
  map: { ground: RefObject<HTMLDivElement | null>; standing: Standing };
  otherwise: string;
  children?: ComponentChildren;
}): JSX.Element {
  if (standing === "none") {
    return (
      <p class="notice">
        {t("none")} {otherwise}
      </p>
    );
  }
  return (
    <div class="frame">
      <div class="ground" ref={ground} data-standing={standing} />
      {children}
    </div>
  );
}
