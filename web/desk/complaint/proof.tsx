import type { JSX } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";

import type { Detail } from "../api/types";
import { SessionEnded } from "../api/problem";
import { Icon } from "../parts/icons";
import { said } from "../parts/load";
import { t } from "../texts/language";
import { checked, sendPhoto } from "./upload";

export interface Proof {
  /** Its Idempotency-Key, by which it stays the same photo however often it is sent. */
  key: string;
  /** Null until it is declared. */
  id: string | null;
  /** Null of one that was sent before this page was opened anew. */
  file: File | null;
  image: string | null;
  stage: "preparing" | "sending" | "checking" | "ready" | "refused" | "broken";
  percent: number;
  why: string | null;
}

export function ProofPhotos({
  complaint,
  ids,
  onIds,
  proofs,
  onProofs,
  fault,
}: {
  complaint: Detail;
  /** As the draft has them. */
  ids: readonly string[];
  onIds: (ids: string[]) => void;
  proofs: readonly Proof[];
  onProofs: (change: (before: Proof[]) => Proof[]) => void;
  fault: string | undefined;
}): JSX.Element {
  const id = useId();
  const known = useRef(new Set(ids));
  const change = (key: string, part: Partial<Proof>): void =>
    onProofs((before) => before.map((each) => (each.key === key ? { ...each, ...part } : each)));

  useEffect(() => {
    // Of a draft that outlived a new sign-in.
    const before = complaint.photos
      .filter((each) => ids.includes(each.id))
      .map((each) => proofOf(each.id, each.thumbnail_url ?? null, each.status === "ready" ? "ready" : "checking"));
    onProofs(() => before);
    before.filter((each) => each.stage === "checking").forEach((each) => void check(each.key, each.id!));
  }, []);

  const check = async (key: string, photoId: string): Promise<void> => {
    try {
      const found = await checked(complaint.id, photoId);
      change(key, found ? { stage: found.stage, why: found.reason } : { stage: "broken", why: t("unreachable") });
    } catch (error) {
      change(key, { stage: "broken", why: error instanceof SessionEnded ? null : said(error as Error) });
    }
  };
  const start = async (proof: Proof): Promise<void> => {
    let photoId = proof.id;
    change(proof.key, { stage: "preparing", percent: 0, why: null });
    try {
      await sendPhoto(complaint.id, proof.file!, proof.key, {
        id: (declared) => {
          photoId = declared;
          known.current.add(declared);
          onIds([...known.current]);
          change(proof.key, { id: declared, stage: "sending" });
        },
        percent: (percent) => change(proof.key, { percent }),
      });
    } catch (error) {
      const why = error instanceof Error && error.message === "broken" ? t("photo.broken") : said(error as Error);
      change(proof.key, { stage: "broken", why });
      return;
    }
    change(proof.key, { stage: "checking" });
    if (photoId) await check(proof.key, photoId);
  };
  const add = (files: FileList | null): void => {
    for (const file of files ?? []) {
      const proof: Proof = { ...proofOf(null, URL.createObjectURL(file), "preparing"), file };
      onProofs((before) => [...before, proof]);
      void start(proof);
    }
  };
  const remove = (proof: Proof): void => {
    if (proof.file && proof.image) URL.revokeObjectURL(proof.image);
    if (proof.id) known.current.delete(proof.id);
    onIds([...known.current]);
    onProofs((before) => before.filter((each) => each.key !== proof.key));
  };
  return (
    <fieldset class={fault ? "proofs wrong" : "proofs"} aria-describedby={`${id}-hint`}>
      <legend>{t("field.proof")}</legend>
      <p class="hint" id={`${id}-hint`}>
        {t("field.proof.hint")}
      </p>
      {fault && (
        <p class="fault" role="alert">
          {fault}
        </p>
      )}
      <ul>
        {proofs.map((each, at) => (
          <li key={each.key}>
            {each.image ? <img src={each.image} alt={t("complaint.proof", { n: at + 1 })} /> : <Icon name="image" />}
            <div role="status">
              <Stage proof={each} />
            </div>
            {each.stage === "broken" && each.file && (
              <button type="button" onClick={() => void start(each)}>
                {t("again")}
              </button>
            )}
            <button type="button" class="plain" onClick={() => remove(each)}>
              {t("photo.remove")}
            </button>
          </li>
        ))}
      </ul>
      <div class="buttons">
        <label class="button">
          <Icon name="camera" />
          {t("field.proof.take")}
          <input
            class="unseen"
            type="file"
            accept="image/*"
            capture="environment"
            onChange={(event) => {
              add(event.currentTarget.files);
              event.currentTarget.value = "";
            }}
          />
        </label>
        <label class="button">
          <Icon name="image" />
          {t("field.proof.choose")}
          <input
            class="unseen"
            type="file"
            accept="image/*"
            multiple
            onChange={(event) => {
              add(event.currentTarget.files);
              event.currentTarget.value = "";
            }}
          />
        </label>
      </div>
    </fieldset>
  );
}

function Stage({ proof }: { proof: Proof }): JSX.Element {
  switch (proof.stage) {
    case "sending":
      return (
        <>
          <progress max={100} value={proof.percent} aria-label={t("photo.sending", { percent: proof.percent })} />
          <span>{t("photo.sending", { percent: proof.percent })}</span>
        </>
      );
    case "refused":
    case "broken":
      return (
        <span class="fault">
          {proof.stage === "refused" && `${t("photo.refused")}. `}
          {proof.why}
        </span>
      );
    case "ready":
      return (
        <span class="good">
          <Icon name="check" />
          {t("photo.ready")}
        </span>
      );
    default:
      return <span>{t(`photo.${proof.stage}`)}</span>;
  }
}

function proofOf(id: string | null, image: string | null, stage: Proof["stage"]): Proof {
  return { key: crypto.randomUUID(), id, file: null, image, stage, percent: 0, why: null };
}
