import type { JSX } from "preact";

import { api } from "../api/client";
import type { Detail } from "../api/types";
import { hasDraft } from "../drafts";
import { said } from "../parts/load";
import { toComplaint } from "../routes";
import { t } from "../texts/language";
import { useMove } from "./move";
import type { Button } from "./moves";

/** So many stand in view; the others open. */
const FIRST = 2;
const WIDE = "(min-width: 960px)";

/** What can be done: each says what it will do and who is told. */
export function Offered({
  complaint,
  buttons,
  onDone,
  onConflict,
}: {
  complaint: Detail;
  buttons: readonly Button[];
  onDone: () => Promise<void>;
  onConflict: () => Promise<void>;
}): JSX.Element {
  const acknowledge = useMove({
    name: `${complaint.id}.acknowledge`,
    initial: {},
    body: () => ({}),
    call: (body, key) =>
      api.POST("/v1/agency/complaints/{id}/acknowledge", {
        params: { path: { id: complaint.id }, header: { "Idempotency-Key": key } },
        body,
      }),
    onDone,
    onConflict,
  });
  const item = (each: Button, at: number): JSX.Element => (
    <li key={each}>
      {each === "acknowledge" ? (
        <button
          type="button"
          class={at === 0 ? "primary" : undefined}
          disabled={acknowledge.sending}
          aria-describedby={`does-${each}`}
          onClick={() => void acknowledge.send()}
        >
          {t(acknowledge.sending ? "move.sending" : "move.acknowledge")}
        </button>
      ) : (
        <a
          class={at === 0 ? "button primary" : "button"}
          href={toComplaint(complaint.id, each)}
          aria-describedby={`does-${each}`}
        >
          {t(`move.${each}`)}
          {hasDraft(`${complaint.id}.${each}`) && <span class="badge">…</span>}
        </a>
      )}
      <p class="hint" id={`does-${each}`}>
        {t(`move.${each}.does`)}
      </p>
      {each === "acknowledge" && acknowledge.error && (
        <p class="notice bad" role="alert">
          {said(acknowledge.error)}
        </p>
      )}
    </li>
  );
  const others = buttons.slice(FIRST);
  return (
    <section class="card moves" aria-labelledby="moves">
      <h2 id="moves">{t("complaint.moves")}</h2>
      {buttons.length === 0 && <p class="quiet">{t("complaint.no-moves")}</p>}
      <ul>{buttons.slice(0, FIRST).map(item)}</ul>
      {others.length > 0 && (
        <details open={matchMedia(WIDE).matches}>
          <summary>{t("complaint.more-moves")}</summary>
          <ul>{others.map((each, at) => item(each, at + FIRST))}</ul>
        </details>
      )}
    </section>
  );
}
