import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

import { useRegion } from "../around";
import type { Complaint } from "../data/types";
import { Row } from "../list/row";
import { useMedia } from "../media";
import { t } from "../texts/language";
import type { Shown } from "./map";

declare const MAP_STYLE_FILE: string;

/** The map, loaded once the list stands: nobody waits for it, and whoever does without has the list. */
export function MapPanel({ sieved }: { sieved: string }): JSX.Element {
  const region = useRegion();
  const ground = useRef<HTMLDivElement>(null);
  const shown = useRef<Shown | null>(null);
  const [standing, setStanding] = useState<"loading" | "there" | "none">("loading");
  const [picked, setPicked] = useState<readonly Complaint[]>([]);
  const dark = useMedia("(prefers-color-scheme: dark)");

  useEffect(() => {
    let gone = false;
    setStanding("loading");
    const show = async (): Promise<void> => {
      const [{ showMap }] = await Promise.all([import("./map"), styled()]);
      if (gone) return;
      shown.current = showMap(ground.current!, { region, onPick: setPicked, dark });
      await shown.current.drawn;
      setStanding("there");
    };
    show().catch(() => setStanding("none"));
    return () => {
      gone = true;
      shown.current?.end();
      shown.current = null;
    };
  }, [dark]);
  useEffect(() => {
    setPicked([]);
    shown.current?.refresh();
  }, [sieved]);
  return (
    <section class="mapped" aria-labelledby="map">
      <h2 id="map" class="unseen">
        {t("map")}
      </h2>
      {standing === "none" ? (
        <p class="notice">{t("map.none")}</p>
      ) : (
        <div class="frame">
          <div class="ground" ref={ground} data-standing={standing} />
          {picked.length > 0 && <Picked complaints={picked} onClose={() => setPicked([])} />}
        </div>
      )}
      <ul class="legend">
        {(["overdue", "working", "done"] as const).map((each) => (
          <li key={each} class={each}>
            {t(`map.${each}`)}
          </li>
        ))}
      </ul>
      <p class="quiet">
        {t("map.group")}. {t("map.hint")}
      </p>
    </section>
  );
}

function Picked({ complaints, onClose }: { complaints: readonly Complaint[]; onClose: () => void }): JSX.Element {
  const card = useRef<HTMLDivElement>(null);
  useEffect(() => card.current?.focus(), [complaints]);
  return (
    <div
      class="picked"
      tabIndex={-1}
      ref={card}
      role="group"
      aria-label={t("map.here", { count: complaints.length })}
      onKeyDown={(event) => event.key === "Escape" && onClose()}
    >
      <p class="heading">
        <strong>{t("map.here", { count: complaints.length })}</strong>
        <button type="button" class="plain" onClick={onClose}>
          {t("map.close")}
        </button>
      </p>
      <ol class="work">
        {complaints.map((each) => (
          <Row key={each.number} complaint={each} />
        ))}
      </ol>
    </div>
  );
}

let style: Promise<void> | null = null;

/** MapLibre's own style, which no page without a map loads. */
function styled(): Promise<void> {
  style ??= new Promise((resolve, reject) => {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = new URL(MAP_STYLE_FILE, import.meta.url).href;
    link.addEventListener("load", () => resolve());
    link.addEventListener("error", () => {
      style = null;
      reject(new Error("no style"));
    });
    document.head.append(link);
  });
  return style;
}
