import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";

import { Mapped } from "../../parts/map/mapped";
import { useShown } from "../../parts/map/shown";
import { t as said } from "../../texts/map";
import { useRegion } from "../around";
import { holder } from "../data/holder";
import type { Complaint } from "../data/types";
import { Row } from "../list/row";
import { named, t } from "../texts/language";

/** The map, loaded once the list stands: whoever does without has the list. */
export function MapPanel({ sieved }: { sieved: string }): JSX.Element {
  const region = useRegion();
  const [picked, setPicked] = useState<readonly Complaint[]>([]);
  const map = useShown(
    said("title"),
    () => import("./map"),
    ({ showMap }, container, look) => {
      const districts = region.districts.map(({ id, name, geometry }) => ({
        id,
        name: named(name),
        outline: geometry.coordinates,
      }));
      const areas = { boundary: region.boundary.coordinates, districts, base: region.base_map ?? null };
      return showMap(container, { areas, look, holder, onPick: setPicked });
    },
  );
  useEffect(() => {
    setPicked([]);
    map.shown.current?.refresh();
  }, [sieved]);
  return (
    <Mapped
      map={map}
      legend={(["overdue", "working", "done"] as const).map((each) => [each, t(`map.${each}`)])}
      picked={picked}
      onClose={() => setPicked([])}
    >
      {picked.map((each) => (
        <Row key={each.number} complaint={each} />
      ))}
    </Mapped>
  );
}
