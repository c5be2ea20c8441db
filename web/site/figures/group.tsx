import type { ComponentChildren, JSX } from "preact";
import { useEffect } from "preact/hooks";

import { moment, monthName } from "../../texts/time";
import { nameOf, useRegion } from "../around";
import type { Filters } from "../data/sieve";
import { type AllFigures, COUNTED, type Figures, type Group, type Kind, type Spread } from "../data/types";
import { toStart } from "../routes";
import { named, number, percent, t } from "../texts/language";
import { Bar, BarLegend } from "./bar";
import { Share } from "./figures";

const FIELDS = { agencies: "agency", categories: "category", districts: "district" } as const;
/** What the bar above has said. */
const SAID = ["in_time", "late", "overdue"];

/** A body, a category or a district: its figures, and beside each what it means. */
export function GroupPage({ all, kind, id }: { all: AllFigures | null; kind: Kind; id: string }): JSX.Element {
  const region = useRegion();
  const name = nameOf(region, kind, id);
  const field = FIELDS[kind];
  const group = all?.[kind][id];
  const filters: Partial<Filters> = { [field]: id };
  useEffect(() => {
    document.title = `${name} – Qamqor`;
  });
  return (
    <>
      <div class="heading">
        <div class="lead">
          <p class="quiet">{t(`kind.${field}`)}</p>
          <h1>{name}</h1>
        </div>
        {all?.as_of && <p class="quiet">{t("figures.as-of", { time: moment(all.as_of) })}</p>}
      </div>
      {all && group ? <Whole all={all} group={group} /> : <p class="empty">{t("figures.none")}</p>}
      <div class="buttons">
        <a class="button primary" href={toStart({ ...filters, state: "overdue" })}>
          {t("see.overdue")}
        </a>
        <a class="button" href={toStart(filters)}>
          {t("see.all")}
        </a>
        <a class="button" href={`/feeds/${field}/${encodeURIComponent(id)}.atom`}>
          {t("see.feed")}
        </a>
      </div>
      {all && group && (
        <>
          <Defined all={all} figures={group.all} />
          <Months all={all} group={group} />
        </>
      )}
    </>
  );
}

function Whole({ all, group }: { all: AllFigures; group: Group }): JSX.Element {
  const { rank, ranked } = group.all;
  return (
    <section class="card whole" aria-label={t("figures.title")}>
      <Share group={group} />
      <Bar figures={group.all} />
      <BarLegend figures={group.all} />
      <p>{rank === null ? t("rank.few", { fewest: all.fewest }) : t("rank", { rank, of: ranked ?? 0 })}</p>
      <p class="quiet">{named(all.definitions["in_time_share"] ?? {})}</p>
    </section>
  );
}

function Defined({ all, figures }: { all: AllFigures; figures: Figures }): JSX.Element {
  const defined = (name: string): string => named(all.definitions[name] ?? {});
  return (
    <dl class="defined">
      {COUNTED.filter((each) => !SAID.includes(each)).map((each) => (
        <Defining key={each} name={t(each)} value={number(figures[each])} meaning={defined(each)} />
      ))}
      <Defining name={t("escalated")} value={<Levels levels={figures.escalated} />} meaning={defined("escalated")} />
      {(["hours_to_acknowledge", "hours_to_answer"] as const).map((each) => (
        <Defining key={each} name={t(each)} value={<Hours spread={figures[each]} />} meaning={defined(each)} />
      ))}
    </dl>
  );
}

function Defining({ name, value, meaning }: { name: string; value: ComponentChildren; meaning: string }): JSX.Element {
  return (
    <div>
      <dt>{name}</dt>
      <dd class="value">{value}</dd>
      <dd class="hint">{meaning}</dd>
    </div>
  );
}

function Levels({ levels }: { levels: Figures["escalated"] }): JSX.Element {
  const reached = Object.entries(levels);
  if (reached.length === 0) return <>0</>;
  return (
    <>
      {reached.map(([level, count]) => (
        <span key={level}>{t("level", { level, count: number(count) })}</span>
      ))}
    </>
  );
}

function Hours({ spread }: { spread: Spread }): JSX.Element {
  if (spread.median === null || spread.p90 === null) return <>–</>;
  return (
    <>
      <span>{t("median", { hours: number(spread.median, 1) })}</span>{" "}
      <span>{t("p90", { hours: number(spread.p90, 1) })}</span>
    </>
  );
}

function Months({ all, group }: { all: AllFigures; group: Group }): JSX.Element {
  const months = all.months.filter((each) => group.months[each]).reverse();
  return (
    <section class="card" aria-labelledby="months">
      <h2 id="months">{t("months")}</h2>
      <div class="wide-table" tabIndex={0} role="region" aria-labelledby="months">
        <table>
          <thead>
            <tr>
              <th scope="col">{t("month")}</th>
              <th scope="col">{t("received")}</th>
              <th scope="col">{t("month.share")}</th>
              <th scope="col">{t("overdue")}</th>
              <th scope="col">{t("refuted")}</th>
              <th scope="col">{t("month.answer")}</th>
            </tr>
          </thead>
          <tbody>
            {months.map((month) => {
              const figures = group.months[month]!;
              return (
                <tr key={month}>
                  <th scope="row">{monthName(month)}</th>
                  <td>{number(figures.received)}</td>
                  <td>{figures.in_time_share === null ? "–" : percent(figures.in_time_share)}</td>
                  <td class={figures.overdue > 0 ? "bad" : ""}>{number(figures.overdue)}</td>
                  <td>{number(figures.refuted)}</td>
                  <td>{figures.hours_to_answer.median === null ? "–" : number(figures.hours_to_answer.median, 1)}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </section>
  );
}
