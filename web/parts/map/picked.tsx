import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";

import { t } from "../../texts/map";

/** What lies at a place that was pressed, over the map; `of` is what it shows, and is gone to when it is another. */
export function Picked({ of, onClose, children }: {
  of: readonly unknown[];
  onClose: () => void;
  children: ComponentChildren;
}): JSX.Element {
  const card = useRef<HTMLDivElement>(null);
  const said = t("here", { count: of.length });
  useEffect(() => card.current?.focus(), [of]);
  return (
    <div
      class="picked"
      tabIndex={-1}
      ref={card}
      role="group"
      aria-label={said}
      onKeyDown={(event) => event.key === "Escape" && onClose()}
    >
      <p class="heading">
        <strong>{said}</strong>
        <button type="button" class="plain" onClick={onClose}>
          {t("close")}
        </button>
      </p>
      <ol class="work">{children}</ol>
    </div>
  );
}
