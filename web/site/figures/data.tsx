import type { JSX } from "preact";
import { useEffect } from "preact/hooks";

import { monthName } from "../../texts/time";
import { t } from "../texts/language";

const FILES = [
  ["complaints.geojson", "data.map"],
  ["figures.json", "data.figures"],
  ["region.json", "data.region"],
  ["schema.json", "data.schema"],
  ["dcat.jsonld", "data.catalogue"],
] as const;

export function DataPage({ months }: { months: readonly string[] }): JSX.Element {
  useEffect(() => {
    document.title = `${t("data.title")} – Qamqor`;
  });
  return (
    <div class="narrow">
      <div class="lead">
        <h1>{t("data.title")}</h1>
        <p>{t("data.lead")}</p>
      </div>
      <ul class="card files">
        {FILES.map(([file, word]) => (
          <li key={file}>
            <a href={`/open/${file}`}>{t(word)}</a>
          </li>
        ))}
      </ul>
      {months.length > 0 && (
        <section class="card" aria-labelledby="months">
          <h2 id="months">{t("data.months")}</h2>
          <ul class="files">
            {[...months].reverse().map((month) => (
              <li key={month}>
                <a href={`/open/${month}.csv.gz`}>{monthName(month)} · CSV</a>
                <a href={`/open/${month}.parquet`}>{monthName(month)} · GeoParquet</a>
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}
