import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";

import { Mapped } from "../../parts/map/mapped";
import { useShown } from "../../parts/map/shown";
import { t as said } from "../../texts/map";
import { urgency } from "../../texts/time";
import type { Work } from "../api/types";
import { categoryName, useAround } from "../around";
import { Due } from "../parts/due";
import { go, toComplaint } from "../routes";
import { t } from "../texts/language";
import { areasOf } from "./areas";
import type { Mark } from "./map";

/** The complaints of the list on a map: one that is pressed opens, and `pointed` is the one that is gone through there. */
export function WorkMap({ works, pointed, onOpen }: {
  works: readonly Work[];
  pointed: string | null;
  onOpen: (id: string) => void;
}): JSX.Element {
  const around = useAround();
  const [picked, setPicked] = useState<readonly string[]>([]);
  const marks = works.map(markOf);
  const open = (ids: string[]): void => {
    if (ids.length === 1) {
      onOpen(ids[0]!);
      go(toComplaint(ids[0]!));
    } else {
      setPicked(ids);
    }
  };
  const map = useShown(
    said("title"),
    () => import("./map"),
    ({ showMarks }, container, look) =>
      showMarks(container, { areas: areasOf(around.region), look, marks, onPick: open }),
  );
  useEffect(() => {
    setPicked([]);
    map.shown.current?.mark(marks);
  }, [works, map.standing]);
  useEffect(() => {
    map.shown.current?.point(marks.find(({ id }) => id === pointed) ?? null);
  }, [pointed, map.standing]);
  return (
    <Mapped
      map={map}
      legend={(["overdue", "above", "working"] as const).map((each) => [each, t(`map.${each}`)])}
      picked={picked}
      onClose={() => setPicked([])}
    >
      {works
        .filter(({ id }) => picked.includes(id))
        .map((each) => (
          <li key={each.id}>
            <a class="here" href={toComplaint(each.id)} onClick={() => onOpen(each.id)}>
              <strong>{categoryName(around, each.category)}</strong>
              <span class="number">{each.number}</span>
              <Due at={each.due_at} />
            </a>
          </li>
        ))}
    </Mapped>
  );
}

function markOf({ id, role, due_at, location }: Work): Mark {
  const state = role === "supervisor" ? "above" : urgency(due_at) === "over" ? "overdue" : "working";
  return { id, state, ...location };
}
