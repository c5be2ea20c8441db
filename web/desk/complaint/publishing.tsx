import type { JSX } from "preact";

import { api } from "../api/client";
import { TextArea } from "../parts/field";
import { t } from "../texts/language";
import { type FormProps, MoveForm } from "./form";
import { useMove } from "./move";

/** Takes it from the public, or gives it back: with a reason that everybody reads. */
export function PublicForm({ complaint, form, ...props }: FormProps & { form: "hide" | "unhide" }): JSX.Element {
  const move = useMove({
    name: `${complaint.id}.${form}`,
    initial: { reason: "" },
    body: ({ reason }) => ({ reason }),
    call: (body, key) =>
      api.POST(form === "hide" ? "/v1/agency/complaints/{id}/hide" : "/v1/agency/complaints/{id}/unhide", {
        params: { path: { id: complaint.id }, header: { "Idempotency-Key": key } },
        body,
      }),
    ...props,
  });
  return (
    <MoveForm form={form} move={move} {...props}>
      <TextArea
        label={t("field.reason")}
        hint={t("field.reason.public")}
        fault={move.fault("/reason")}
        value={move.values.reason}
        onValue={(reason) => move.set({ reason })}
      />
    </MoveForm>
  );
}
