import type { JSX } from "preact";

import type { Work } from "../api/types";
import { agencyName, categoryName, districtName, useAround } from "../around";
import { Due } from "../parts/due";
import { Icon } from "../parts/icons";
import { statusName } from "../status";
import { t } from "../texts/language";
import { day, moment } from "../texts/time";

/** One complaint in the list: a link, with what an officer needs to choose it. */
export function Row({
  work,
  selected,
  onSelect,
  onOpen,
  onPoint,
  href,
}: {
  work: Work;
  selected: boolean;
  onSelect: () => void;
  onOpen: () => void;
  /** It is gone to, or under the mouse. */
  onPoint: () => void;
  href: string;
}): JSX.Element {
  const around = useAround();
  const escalated = work.role === "supervisor";
  const danger = work.danger ?? around.categories.find((each) => each.id === work.category)?.danger;
  const officer = work.assigned_to && around.officers.get(work.assigned_to);
  const place = work.address || districtName(around, work.district);
  return (
    <li class={escalated ? "row escalated" : "row"}>
      <label class="tick">
        <input
          type="checkbox"
          checked={selected}
          onChange={onSelect}
          aria-label={t("row.select", { number: work.number })}
        />
      </label>
      <a href={href} data-id={work.id} onClick={onOpen} onFocus={onPoint} onMouseEnter={onPoint}>
        {work.thumbnail ? (
          <img src={work.thumbnail.url} alt="" width="72" height="72" loading="lazy" decoding="async" />
        ) : (
          <span class="no-image">
            <Icon name="image" />
          </span>
        )}
        <span class="about">
          {escalated && (
            <span class="mark">
              <Icon name="up" />
              {t("row.escalated")}
              {work.escalation_level > 0 && ` · ${t("row.level", { level: work.escalation_level })}`}
            </span>
          )}
          <span class="what">
            <strong>{categoryName(around, work.category)}</strong>
            {danger && (
              <span class="danger">
                <Icon name="alert" />
                {t("row.danger")}
              </span>
            )}
          </span>
          {work.excerpt !== undefined && <span class="excerpt">{work.excerpt || t("row.no-words")}</span>}
          <span class="quiet">
            <span class="number">{work.number}</span>
            {place && <span>{place}</span>}
            <span>{t("row.age", { date: day(work.submitted_at) })}</span>
            {work.joined > 0 && <span>{t("row.joined", { count: work.joined })}</span>}
            {officer && <span>{t("row.assigned", { officer })}</span>}
            {escalated && work.agency && <span>{t("row.owner", { agency: agencyName(around, work.agency) })}</span>}
          </span>
        </span>
        <span class="when">
          <Due at={work.due_at} />
          {work.due_at && <span class="quiet">{moment(work.due_at)}</span>}
          <span class={`state ${work.status}`}>{statusName(work.status)}</span>
        </span>
      </a>
    </li>
  );
}
