import type { JSX } from "preact";
import { useEffect } from "preact/hooks";

import { moment } from "../../texts/time";
import { nameOf, useRegion } from "../around";
import { type AllFigures, type Group, type Kind, KINDS } from "../data/types";
import { toGroup } from "../routes";
import { named, number, percent, t } from "../texts/language";
import { Bar, BarLegend } from "./bar";

const LAST = 1_000_000;

export function FiguresPage({ all, kind }: { all: AllFigures | null; kind: Kind }): JSX.Element {
  const region = useRegion();
  useEffect(() => {
    document.title = `${t("figures.title")} – ${named(region.name)} – Qamqor`;
  });
  if (all === null || all.whole.all.received === 0) {
    return (
      <>
        <h1>{t("figures.title")}</h1>
        <p class="empty">{t("figures.none")}</p>
      </>
    );
  }
  const groups = Object.entries(all[kind]).sort(byRank);
  const hidden = Object.values(all.hidden).reduce((sum, count) => sum + count, 0);
  return (
    <>
      <div class="heading">
        <div class="lead">
          <h1>{t("figures.title")}</h1>
          <p>{t("figures.lead")}</p>
        </div>
        {all.as_of && <p class="quiet">{t("figures.as-of", { time: moment(all.as_of) })}</p>}
      </div>
      <section class="card whole" aria-label={named(region.name)}>
        <h2>{named(region.name)}</h2>
        <Share group={all.whole} />
        <Bar figures={all.whole.all} />
        <BarLegend figures={all.whole.all} />
        {hidden > 0 && <p class="quiet">{t("hidden", { count: number(hidden) })}</p>}
      </section>
      <nav class="tabs" aria-label={t("kind")}>
        {KINDS.map((each) => (
          <a key={each} href={`#/figures/${each}`} aria-current={each === kind ? "page" : undefined}>
            {t(`kind.${each}`)}
          </a>
        ))}
      </nav>
      <ol class="ranks">
        {groups.map(([id, group]) => (
          <li key={id}>
            <a href={toGroup(kind, id)}>
              <span class="place">{group.all.rank ?? "–"}</span>
              <span class="about">
                <strong>{nameOf(region, kind, id)}</strong>
                <Bar figures={group.all} />
                <span class="quiet">
                  <span>
                    {group.all.rank === null
                      ? t("rank.few", { fewest: all.fewest })
                      : t("rank", { rank: group.all.rank, of: group.all.ranked ?? 0 })}
                  </span>
                  <span class={group.all.overdue > 0 ? "bad" : ""}>
                    {t("overdue")}: {number(group.all.overdue)}
                  </span>
                  <span>
                    {t("received")}: {number(group.all.received)}
                  </span>
                </span>
              </span>
              <span class={group.all.rank === null ? "share few" : "share"}>{group.all.in_time_share === null ? "–" : percent(group.all.in_time_share)}</span>
            </a>
          </li>
        ))}
      </ol>
    </>
  );
}

export function Share({ group }: { group: Group }): JSX.Element {
  const { in_time_share, judged } = group.all;
  if (in_time_share === null) return <p class="quiet">{t("share.none")}</p>;
  return (
    <p class="big">
      <strong>{percent(in_time_share)}</strong> <span>{t("in_time")}</span>{" "}
      <span class="quiet">{t("share.of", { of: number(judged) })}</span>
    </p>
  );
}

/** The best first; those of too few cases last, by how many they have. */
function byRank([, one]: [string, Group], [, other]: [string, Group]): number {
  return (one.all.rank ?? LAST) - (other.all.rank ?? LAST) || other.all.judged - one.all.judged;
}
