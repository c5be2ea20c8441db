import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";

import { moment } from "../../texts/time";
import type { Listed } from "../data/questions";
import { number, t } from "../texts/language";
import { Row } from "./row";

export function List({ listed, onMore }: { listed: Listed; onMore: () => void }): JSX.Element {
  const { rows: complaints, total, changed } = listed;
  const rows = useRef<HTMLOListElement>(null);
  const next = useRef<number | null>(null);
  useEffect(() => {
    // Where the button was, what it brought begins.
    if (next.current !== null) rows.current?.children[next.current]?.querySelector("a")?.focus();
    next.current = null;
  }, [complaints]);
  return (
    <section class="listed" aria-labelledby="list">
      <div class="heading">
        <h2 id="list">{t("list.title")}</h2>
        <p class="quiet" role="status">
          {t("list.found", { count: number(total) })}
        </p>
      </div>
      {total === 0 ? (
        <p class="empty">{t("list.empty")}</p>
      ) : (
        <ol class="work" ref={rows}>
          {complaints.map((each) => (
            <Row key={each.number} complaint={each} />
          ))}
        </ol>
      )}
      {complaints.length < total && (
        <button
          type="button"
          class="wide"
          onClick={() => {
            next.current = complaints.length;
            onMore();
          }}
        >
          {t("list.more")}
        </button>
      )}
      {changed && <p class="quiet">{t("as-of", { time: moment(changed) })}</p>}
    </section>
  );
}
