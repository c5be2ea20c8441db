import type { JSX } from "preact";

import { api } from "../api/client";
import { TextArea } from "../parts/field";
import { t } from "../texts/language";
import { type FormProps, MoveForm } from "./form";
import { useMove } from "./move";

export function AskForm({ complaint, ...props }: FormProps): JSX.Element {
  const move = useMove({
    name: `${complaint.id}.ask`,
    initial: { text: "" },
    body: ({ text }) => ({ text }),
    call: (body, key) =>
      api.POST("/v1/agency/complaints/{id}/ask", {
        params: { path: { id: complaint.id }, header: { "Idempotency-Key": key } },
        body,
      }),
    ...props,
  });
  return (
    <MoveForm form="ask" move={move} {...props}>
      <TextArea
        label={t("field.question")}
        fault={move.fault("/text")}
        value={move.values.text}
        onValue={(text) => move.set({ text })}
      />
    </MoveForm>
  );
}

/** To the person, or an internal note. */
export function CommentForm({ complaint, internal, ...props }: FormProps & { internal: boolean }): JSX.Element {
  const form = internal ? "note" : "comment";
  const move = useMove({
    name: `${complaint.id}.${form}`,
    initial: { text: "" },
    body: ({ text }) => ({ text, internal }),
    call: (body, key) =>
      api.POST("/v1/agency/complaints/{id}/comment", {
        params: { path: { id: complaint.id }, header: { "Idempotency-Key": key } },
        body,
      }),
    ...props,
  });
  return (
    <MoveForm form={form} move={move} {...props}>
      <TextArea
        label={t("field.text")}
        fault={move.fault("/text")}
        value={move.values.text}
        onValue={(text) => move.set({ text })}
      />
    </MoveForm>
  );
}
