import type { JSX } from "preact";

import { answeredOr, api } from "../api/client";
import { isHead, useAround } from "../around";
import { Select } from "../parts/field";
import { useLoaded } from "../parts/load";
import { t } from "../texts/language";
import { type FormProps, MoveForm } from "./form";
import { useMove } from "./move";

export function AssignForm({ complaint, ...props }: FormProps): JSX.Element {
  const around = useAround();
  const me = around.me!.officer!;
  const head = isHead(around);
  const officers = useLoaded(
    async () => (head ? (await answeredOr(api.GET("/v1/agency/officers", {}), { items: [] })).items : []),
    [head],
  );
  const others = (officers.value ?? []).filter((each) => each.id !== me.id && each.state === "active");
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
        options={[
          [me.id, t("field.officer.me")],
          ...others.map((each) => [each.id, each.name ?? each.email ?? each.id] as const),
          ["", t("field.officer.nobody")],
        ]}
      />
    </MoveForm>
  );
}
