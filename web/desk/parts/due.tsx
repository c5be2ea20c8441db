import type { JSX } from "preact";

import { left, urgency } from "../texts/time";
import { t } from "../texts/language";
import { useNow } from "./now";
import { Icon } from "./icons";

/** How long is left; what colour says, the words say too. */
export function Due({ at, stopped = false }: { at: string | null; stopped?: boolean }): JSX.Element {
  const now = useNow();
  if (at === null || stopped) return <span class="due none">{t("due.none")}</span>;
  const near = urgency(at, now);
  return (
    <span class={`due ${near}`}>
      <Icon name={near === "over" ? "alert" : "clock"} />
      {left(at, now)}
    </span>
  );
}
