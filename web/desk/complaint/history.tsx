import type { JSX } from "preact";

import type { Detail, AnEvent } from "../api/types";
import { agencyName, type Around, useAround } from "../around";
import { t } from "../texts/language";
import { moment } from "../texts/time";

/** What has happened, newest first, in the API's own words. */
export function History({
  events,
  hasMore,
  onMore,
}: {
  events: readonly AnEvent[];
  hasMore: boolean;
  onMore: () => void;
}): JSX.Element {
  return (
    <section class="card history" aria-labelledby="history">
      <h2 id="history">{t("complaint.history")}</h2>
      <ol reversed>
        {events.toReversed().map((each) => (
          <Step key={each.id} event={each} />
        ))}
      </ol>
      {hasMore && (
        <button type="button" onClick={onMore}>
          {t("complaint.history.more")}
        </button>
      )}
    </section>
  );
}

export function Step({ event }: { event: AnEvent }): JSX.Element {
  const around = useAround();
  return (
    <li class={event.data["internal"] === true ? "internal" : event.type.replace(/^.*\./, "")}>
      <h3>{event.title}</h3>
      {event.body && <p class="words">{event.body}</p>}
      <p class="quiet">
        <time dateTime={event.timestamp}>{moment(event.timestamp)}</time> · {who(event, around)}
      </p>
    </li>
  );
}

function who(event: AnEvent, around: Around): string {
  const kind = t(`who.${event.actor}`);
  const body = event.agency ? agencyName(around, event.agency) : kind;
  const officer = event.officer && around.officers.get(event.officer);
  return officer ? `${body}, ${officer}` : body;
}

export function newerThan(complaint: Detail, sequence: number): AnEvent[] {
  return complaint.events.filter((each) => each.sequence > sequence);
}
