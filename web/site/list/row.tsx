import type { JSX } from "preact";

import { Icon } from "../../desk/parts/icons";
import { useNow } from "../../desk/parts/now";
import { day, left, moment, urgency } from "../../texts/time";
import { nameOf, useRegion } from "../around";
import { isOverdue, isWorking } from "../data/sieve";
import type { Complaint } from "../data/types";
import { number, t } from "../texts/language";

/** One complaint: a link to its own page, with its deadline first. */
export function Row({ complaint }: { complaint: Complaint }): JSX.Element {
  const region = useRegion();
  const above = complaint.escalated_to?.at(-1);
  return (
    <li class={`row ${standing(complaint, Date.now())}`}>
      <a href={`/c/${encodeURIComponent(complaint.number)}`}>
        <span class="when">
          <Deadline complaint={complaint} />
        </span>
        <strong>{nameOf(region, "categories", complaint.category)}</strong>
        <span>{nameOf(region, "agencies", complaint.agency)}</span>
        {above && isWorking(complaint) && (
          <span class="mark">
            <Icon name="up" />
            {t("row.above", { agency: nameOf(region, "agencies", above) })}
          </span>
        )}
        <span class="quiet">
          <span class="number">{complaint.number}</span>
          {complaint.district && <span>{nameOf(region, "districts", complaint.district)}</span>}
          <span>{t("row.since", { date: day(complaint.submitted_at) })}</span>
          {complaint.joined > 0 && <span>{t("row.joined", { count: number(complaint.joined) })}</span>}
        </span>
      </a>
    </li>
  );
}

function standing(complaint: Complaint, now: number): "overdue" | "working" | "done" {
  if (isOverdue(complaint, now)) return "overdue";
  return isWorking(complaint) ? "working" : "done";
}

/** What colour says, the words say too. */
function Deadline({ complaint }: { complaint: Complaint }): JSX.Element {
  const now = useNow();
  const due = complaint.due_at ?? null;
  const state = <span class={`state ${complaint.status}`}>{t(`status.${complaint.status}`)}</span>;
  if (!isWorking(complaint)) {
    const { answered_at, answered_in_time, ended_at } = complaint;
    return (
      <>
        {state}
        {answered_in_time !== undefined && (
          <span class={`due ${answered_in_time ? "kept" : "late"}`}>
            <Icon name={answered_in_time ? "check" : "alert"} />
            {t(answered_in_time ? "row.in-time" : "row.late")}
          </span>
        )}
        <span class="quiet">
          {answered_at ? t("row.answered", { date: day(answered_at) }) : ended_at && t("row.ended", { date: day(ended_at) })}
        </span>
      </>
    );
  }
  if (isOverdue(complaint, now)) {
    const next = due !== null && Date.parse(due) > now;
    return (
      <>
        <span class="due over">
          <Icon name="alert" />
          {next || due === null ? t("row.overdue") : left(due, now)}
        </span>
        {next && <span class="quiet">{t("row.next", { date: moment(due) })}</span>}
      </>
    );
  }
  return (
    <>
      {due !== null && (
        <span class={`due ${urgency(due, now)}`}>
          <Icon name="clock" />
          {left(due, now)}
        </span>
      )}
      {due !== null && <span class="quiet">{t("row.due", { date: moment(due) })}</span>}
      {state}
    </>
  );
}
