import type { JSX } from "preact";

import { api } from "../api/client";
import type { Detail } from "../api/types";
import type { components } from "../api/schema";
import { type Category, useAround } from "../around";
import { Select, TextArea, TextInput } from "../parts/field";
import { t } from "../texts/language";
import { type FormProps, MoveForm } from "./form";
import { useMove } from "./move";

type Correction = components["schemas"]["WorkCorrection"];

interface Values {
  category: string;
  address: string;
  lat: string;
  lon: string;
  answers: Record<string, string>;
  reason: string;
}

export function CorrectForm({ complaint, ...props }: FormProps): JSX.Element {
  const around = useAround();
  const before = asReported(complaint);
  const move = useMove({
    name: `${complaint.id}.correct`,
    initial: before,
    body: (values) => correction(values, before),
    call: (body, key) =>
      api.POST("/v1/agency/complaints/{id}/correct", {
        params: { path: { id: complaint.id }, header: { "Idempotency-Key": key } },
        body,
      }),
    ...props,
  });
  const { values, set, fault } = move;
  const category = around.categories.find((each) => each.id === values.category);
  return (
    <MoveForm form="correct" move={move} {...props}>
      {complaint.possible.includes("recategorise") && (
        <Select
          label={t("field.category")}
          fault={fault("/category")}
          value={values.category}
          onValue={(chosen) => set({ category: chosen })}
          options={around.categories.map((each) => [each.id, each.name] as const)}
        />
      )}
      {complaint.possible.includes("relocate") && (
        <>
          <TextInput
            label={t("field.address")}
            fault={fault("/location/address")}
            value={values.address}
            onValue={(address) => set({ address })}
          />
          <div class="pair">
            <TextInput
              label={t("field.lat")}
              mode="decimal"
              fault={fault("/location/lat") ?? fault("/location")}
              value={values.lat}
              onValue={(lat) => set({ lat })}
            />
            <TextInput
              label={t("field.lon")}
              mode="decimal"
              fault={fault("/location/lon")}
              value={values.lon}
              onValue={(lon) => set({ lon })}
            />
          </div>
          <Questions
            category={category}
            answers={values.answers}
            onAnswers={(answers) => set({ answers })}
            fault={fault}
          />
        </>
      )}
      <TextArea
        label={t("field.reason")}
        hint={t("field.reason.hint")}
        fault={fault("/reason")}
        rows={3}
        value={values.reason}
        onValue={(reason) => set({ reason })}
      />
    </MoveForm>
  );
}

function Questions({
  category,
  answers,
  onAnswers,
  fault,
}: {
  category: Category | undefined;
  answers: Record<string, string>;
  onAnswers: (answers: Record<string, string>) => void;
  fault: (pointer: string) => string | undefined;
}): JSX.Element {
  return (
    <>
      {category?.questions.map((each) => {
        const asked = {
          key: each.id,
          label: each.text,
          fault: fault(`/answers/${each.id}`),
          value: answers[each.id] ?? "",
          onValue: (given: string) => onAnswers({ ...answers, [each.id]: given }),
        };
        const choices = each.choices.map((choice) => [choice.id, choice.text] as const);
        return each.kind === "choice" ? (
          <Select {...asked} options={[["", t("field.choose")], ...choices]} />
        ) : (
          <TextInput {...asked} />
        );
      })}
    </>
  );
}

function asReported(complaint: Detail): Values {
  return {
    category: complaint.category,
    address: complaint.location.address ?? "",
    lat: String(complaint.location.lat),
    lon: String(complaint.location.lon),
    answers: { ...complaint.answers },
    reason: "",
  };
}

/** Of what was entered, what is otherwise than it was reported. */
function correction(values: Values, before: Values): Correction {
  const sent: Correction = { reason: values.reason };
  if (values.category !== before.category) sent.category = values.category;
  if ([values.address, values.lat, values.lon].join("\n") !== [before.address, before.lat, before.lon].join("\n")) {
    sent.location = { lat: degrees(values.lat), lon: degrees(values.lon), address: values.address };
  }
  const answers = Object.fromEntries(Object.entries(values.answers).filter(([, given]) => given !== ""));
  if (JSON.stringify(answers) !== JSON.stringify(before.answers)) sent.answers = answers;
  return sent;
}

/** What is no number goes as it was written, for the API to refuse in words. */
function degrees(text: string): number {
  const number = Number(text.trim().replace(",", "."));
  return text.trim() === "" || Number.isNaN(number) ? (text as unknown as number) : number;
}
