import type { ComponentChildren, JSX, RefObject } from "preact";

import { t } from "../../texts/map";
import type { State } from "./marks";
import type { Standing } from "./shown";

/** Where a map stands, with what lies over it and what its marks mean; or that there is none, and what there is `otherwise`. */
export function MapFrame({ map: { ground, standing }, otherwise, legend = [], children }: {
  map: { ground: RefObject<HTMLDivElement | null>; standing: Standing };
  otherwise: string;
  legend?: readonly (readonly [state: State, said: string])[];
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
    <>
      <div class="frame">
        <div class="ground" ref={ground} data-standing={standing} />
        {children}
      </div>
      {legend.length > 0 && (
        <>
          <ul class="legend">
            {legend.map(([state, said]) => (
              <li key={state} class={state}>
                {said}
              </li>
            ))}
          </ul>
          <p class="quiet">
            {t("group")}. {t("hint")}
          </p>
        </>
      )}
    </>
  );
}
