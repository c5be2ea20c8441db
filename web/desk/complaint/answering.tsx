import type { JSX } from "preact";
import { useState } from "preact/hooks";

import { answeredOr, api } from "../api/client";
import type { Template } from "../api/types";
import { type Around, categoryName, districtName, useAround } from "../around";
import { Choice, TextArea } from "../parts/field";
import { useLoaded } from "../../parts/loaded";
import { type Language, language, LANGUAGES, NAMES, t } from "../texts/language";
import { type FormProps, MoveForm } from "./form";
import { useMove } from "./move";
import { type Proof, ProofPhotos } from "./proof";

type Outcome = "resolved" | "declined";

let kept: Template[] | null = null;

/** Read once while the desk is open, and anew after they were changed here. */
export async function readTemplates(): Promise<Template[]> {
  kept ??= (await answeredOr(api.GET("/v1/agency/templates", {}), { items: [] })).items;
  return kept;
}

export function forgetTemplates(): void {
  kept = null;
}

export function AnswerForm({ complaint, ...props }: FormProps): JSX.Element {
  const around = useAround();
  const templates = useLoaded(readTemplates, []);
  // The answer is in the person's language, which need not be the page's.
  const [spoken, setSpoken] = useState(language);
  const [proofs, setProofs] = useState<Proof[]>([]);
  const move = useMove({
    name: `${complaint.id}.answer`,
    initial: { outcome: "resolved" as Outcome, text: "", photos: [] as string[] },
    body: ({ outcome, text, photos }) => ({
      outcome,
      text,
      photos: photos.filter((id) => proofs.find((each) => each.id === id)?.stage === "ready"),
    }),
    call: (body, key) =>
      api.POST("/v1/agency/complaints/{id}/answer", {
        params: { path: { id: complaint.id }, header: { "Idempotency-Key": key } },
        body,
      }),
    onDone: props.onDone,
    onConflict: props.onConflict,
  });
  const { outcome, text, photos } = move.values;
  const offered = (templates.value ?? [])
    .filter((each) => each.enabled && [null, outcome].includes(each.outcome))
    .filter((each) => [null, complaint.category].includes(each.category))
    .sort((one, other) => one.order - other.order)
    .map((each) => ({ id: each.id, text: filled(each.text[spoken], complaint, around) }));
  const busy = proofs.some((each) => ["preparing", "sending", "checking"].includes(each.stage));
  return (
    <MoveForm form="answer" move={move} {...props} wait={busy ? t("photo.wait") : undefined}>
      <Choice
        label={t("field.outcome")}
        value={outcome}
        onValue={(chosen) => move.set({ outcome: chosen as Outcome })}
        options={[
          ["resolved", t("outcome.resolved")],
          ["declined", t("outcome.declined")],
        ]}
      />
      {offered.length > 0 && (
        <div class="templates" role="group" aria-label={t("field.template")}>
          <div class="pair">
            <p class="label">{t("field.template")}</p>
            <select
              aria-label={t("field.template.language")}
              value={spoken}
              onChange={(event) => setSpoken(event.currentTarget.value as Language)}
            >
              {LANGUAGES.map((each) => (
                <option key={each} value={each}>
                  {NAMES[each]}
                </option>
              ))}
            </select>
          </div>
          {offered.map((each) => (
            <button key={each.id} type="button" lang={spoken} onClick={() => move.set({ text: added(text, each.text, offered) })}>
              {each.text}
            </button>
          ))}
        </div>
      )}
      <TextArea
        label={t("field.answer")}
        hint={t("field.answer.hint")}
        fault={move.fault("/text")}
        rows={6}
        value={text}
        onValue={(written) => move.set({ text: written })}
      />
      {complaint.possible.includes("expect_photo") && (
        <ProofPhotos
          complaint={complaint}
          ids={photos}
          onIds={(ids) => move.set({ photos: ids })}
          proofs={proofs}
          onProofs={setProofs}
          fault={move.fault("/photos")}
        />
      )}
    </MoveForm>
  );
}

function filled(text: string, complaint: FormProps["complaint"], around: Around): string {
  return text
    .replaceAll("{number}", complaint.number)
    .replaceAll("{category}", categoryName(around, complaint.category))
    .replaceAll("{district}", districtName(around, complaint.district));
}

/** A template stands in for another, and goes below what was written by hand. */
function added(text: string, template: string, offered: readonly { text: string }[]): string {
  const written = text.trim();
  return written === "" || offered.some((each) => each.text === written) ? template : `${text}\n${template}`;
}
