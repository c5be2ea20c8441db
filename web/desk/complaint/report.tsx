import type { ComponentChildren, JSX } from "preact";

import type { Detail, Photo } from "../api/types";
import { agencyName, categoryName, districtName, useAround } from "../around";
import { PlaceMap } from "../map/place";
import { Icon } from "../parts/icons";
import { toComplaint } from "../routes";
import { statusName } from "../status";
import { t } from "../texts/language";
import { moment } from "../texts/time";
import { AroundHere } from "./around-here";

/** What was reported, by whom, and where. */
export function Report({ complaint, isPassedOn }: { complaint: Detail; isPassedOn: boolean }): JSX.Element {
  const around = useAround();
  const category = around.categories.find((each) => each.id === complaint.category);
  const { location } = complaint;
  const answers = Object.entries(complaint.answers).map(([id, given]) => {
    const question = category?.questions.find((each) => each.id === id);
    return [question?.text ?? id, question?.choices.find((each) => each.id === given)?.text ?? given] as const;
  });
  const theirs = complaint.photos.filter((each) => each.by !== "agency");
  const ours = complaint.photos.filter((each) => each.by === "agency" && each.status !== "missed");
  return (
    <section class="card report" aria-labelledby="report">
      <h2 id="report">{t("complaint.report")}</h2>
      {!isPassedOn && (
        <p class={complaint.comment ? "words" : "words quiet"}>{complaint.comment || t("complaint.no-words")}</p>
      )}
      {complaint.part && (
        <>
          <h3>{t("complaint.part")}</h3>
          <p class="words">{complaint.part}</p>
        </>
      )}
      <Photos photos={theirs} name="complaint.photo" />
      {ours.length > 0 && (
        <>
          <h3>{t("complaint.by-body")}</h3>
          <Photos photos={ours} name="complaint.proof" />
        </>
      )}
      {complaint.question && (
        <>
          <h3>{t("complaint.question")}</h3>
          <p class="words">{complaint.question}</p>
        </>
      )}
      <dl class="facts">
        {answers.map(([question, given]) => (
          <Fact key={question} name={question}>
            {given}
          </Fact>
        ))}
        <Fact name={t("complaint.received")}>{moment(complaint.submitted_at)}</Fact>
        <Fact name={t("complaint.reporter")}>
          {t(`reporter.${complaint.reporter_kind}`)}
          {complaint.public_name && ` · ${complaint.public_name}`}
        </Fact>
        {complaint.joined > 0 && <Fact name={t("complaint.joined")}>{complaint.joined}</Fact>}
        {complaint.refutations > 0 && (
          <Fact name={t("complaint.state")}>{t("complaint.refutations", { count: complaint.refutations })}</Fact>
        )}
        {complaint.again_of && (
          <Fact name={t("complaint.again")}>
            <a href={toComplaint(complaint.again_of)}>{t("complaint.again")}</a>
          </Fact>
        )}
        {complaint.merged_into && (
          <Fact name={t("complaint.merged")}>
            <a href={toComplaint(complaint.merged_into)}>{t("complaint.merged")}</a>
          </Fact>
        )}
        <Fact name={t("complaint.place")}>
          {[location.address, districtName(around, complaint.district)].filter(Boolean).join(", ")}{" "}
          <a href={`geo:${location.lat},${location.lon}`}>
            <Icon name="place" />
            {location.lat}, {location.lon}
          </a>
        </Fact>
      </dl>
      <PlaceMap lat={location.lat} lon={location.lon} district={complaint.district} />
      {!isPassedOn && <AroundHere id={complaint.id} />}
      {complaint.parts.length > 0 && (
        <>
          <h3>{t("complaint.parts")}</h3>
          <ul class="parts">
            {complaint.parts.map((each) => (
              <li key={each.id}>
                <strong>{each.agency ? agencyName(around, each.agency) : categoryName(around, each.category)}</strong>
                <span class={`state ${each.status}`}>{statusName(each.status)}</span>
                {each.part && <p class="words">{each.part}</p>}
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

export function Fact({ name, children }: { name: string; children: ComponentChildren }): JSX.Element {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Photos({
  photos,
  name,
}: {
  photos: readonly Photo[];
  name: "complaint.photo" | "complaint.proof";
}): JSX.Element | null {
  if (photos.length === 0) return null;
  return (
    <ul class="photos">
      {photos.map((photo, at) => (
        <li key={photo.id}>
          {photo.url ? (
            <a href={photo.url} target="_blank" rel="noreferrer">
              <img src={photo.thumbnail_url ?? photo.url} alt={t(name, { n: at + 1 })} decoding="async" />
            </a>
          ) : (
            <p class="quiet">
              {photo.status === "refused" ? t("complaint.photo.refused") : t("complaint.photo.expected")}
              {photo.reason_text && `: ${photo.reason_text}`}
            </p>
          )}
          {photo.proof && (
            <ul class="proof">
              <li class={photo.proof.distance}>{t(`proof.distance.${photo.proof.distance}`)}</li>
              <li class={photo.proof.taken}>{t(`proof.taken.${photo.proof.taken}`)}</li>
              {photo.proof.reused && <li class="reused">{t(`proof.reused.${photo.proof.reused}`)}</li>}
            </ul>
          )}
        </li>
      ))}
    </ul>
  );
}
