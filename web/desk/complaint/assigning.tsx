import type { JSX } from "preact";

import { api } from "../api/client";
import { takers, useAround } from "../around";
import { Select } from "../parts/field";
import { t } from "../texts/language";
import { type FormProps, MoveForm } from "./form";
import { useMove } from "./move";

export function AssignForm({ complaint, ...props }: FormProps): JSX.Element {
  const around = useAround();
  const me = around.me!.officer!;
  const move = useMove({
    name: `${complaint.id}.assign`,
    initial: { to: complaint.assigned_to === me.id ? "" : me.id },
    body: ({ to }) => ({ to: to || null }),
    call: (body, key) =>
      api.POST("/v1/agency/complaints/{id}/assign", {
        params: { path: { id: complaint.id }, header: { "Idempotency-Key": key } },
        body,
      }),
    ...props,
  });
  return (
    <MoveForm form="assign" move={move} {...props}>
      <Select
        label={t("field.officer")}
        fault={move.fault("/to")}
        value={move.values.to}
        onValue={(to) => move.set({ to })}
        options={takers(around)}
      />
    </MoveForm>
  );
}
