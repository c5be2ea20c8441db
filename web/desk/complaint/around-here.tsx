import type { JSX } from "preact";
import { useState } from "preact/hooks";

import { answeredOr, api } from "../api/client";
import type { Earlier, Near } from "../api/types";
import { categoryName, useAround } from "../around";
import { useLoaded } from "../../parts/loaded";
import { Show } from "../parts/load";
import { toComplaint } from "../routes";
import { statusName } from "../status";
import { t } from "../texts/language";
import { day } from "../texts/time";

const NOTHING = { nearby: [], before: [] };

/** What is open near the place, and what the same place had before: read when it is asked for. */
export function AroundHere({ id }: { id: string }): JSX.Element {
  const [isOpen, setOpen] = useState(false);
  return (
    <details class="screen" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t("complaint.around")}</summary>
      {isOpen && <Lists id={id} />}
    </details>
  );
}

function Lists({ id }: { id: string }): JSX.Element {
  const near = useLoaded(
    () => answeredOr(api.GET("/v1/agency/complaints/{id}/nearby", { params: { path: { id } } }), NOTHING),
    [id],
  );
  return (
    <Show loaded={near}>
      {({ nearby, before }) => (
        <>
          <List title={t("complaint.nearby")} items={nearby} />
          <List title={t("complaint.before")} items={before} />
        </>
      )}
    </Show>
  );
}

function List({ title, items }: { title: string; items: readonly (Near | Earlier)[] }): JSX.Element {
  const around = useAround();
  return (
    <>
      <h3>{title}</h3>
      {items.length === 0 && <p class="quiet">{t("none")}</p>}
      <ul class="near">
        {items.map((each) => (
          <li key={each.id}>
            {/* Another body's is not for this one to open. */}
            {"agency" in each && each.agency !== around.me?.agency.id ? (
              each.number
            ) : (
              <a href={toComplaint(each.id)}>{each.number}</a>
            )}
            {" · "}
            {[
              categoryName(around, each.category),
              "outcome" in each && each.outcome ? t(`outcome.${each.outcome}`) : statusName(each.status),
              day(each.submitted_at),
              t("unit.metres", { n: each.distance_m }),
            ].join(" · ")}
            {"text" in each && <p class="words quiet">{each.text}</p>}
          </li>
        ))}
      </ul>
    </>
  );
}
