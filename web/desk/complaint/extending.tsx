import type { JSX } from "preact";

import { api } from "../api/client";
import { Select, TextArea, TextInput } from "../parts/field";
import { t } from "../texts/language";
import { type FormProps, MoveForm } from "./form";
import { useMove } from "./move";

/** As the API takes a term: P10BD, PT8BH, P1M. */
const UNITS = { BD: (n: string) => `P${n}BD`, BH: (n: string) => `PT${n}BH`, M: (n: string) => `P${n}M` };

export function ExtendForm({ complaint, ...props }: FormProps): JSX.Element {
  const move = useMove({
    name: `${complaint.id}.extend`,
    initial: { amount: "", unit: "BD" as keyof typeof UNITS, reason: "" },
    body: ({ amount, unit, reason }) => ({ by: UNITS[unit](amount.trim()), reason }),
    call: (body, key) =>
      api.POST("/v1/agency/complaints/{id}/extend", {
        params: { path: { id: complaint.id }, header: { "Idempotency-Key": key } },
        body,
      }),
    ...props,
  });
  return (
    <MoveForm form="extend" move={move} {...props}>
      <div class="pair">
        <TextInput
          label={t("field.more-time")}
          mode="numeric"
          fault={move.fault("/by")}
          value={move.values.amount}
          onValue={(amount) => move.set({ amount })}
        />
        <Select
          label={t("field.unit")}
          value={move.values.unit}
          onValue={(unit) => move.set({ unit: unit as keyof typeof UNITS })}
          options={(["BD", "BH", "M"] as const).map((each) => [each, t(`unit.${each}`)] as const)}
        />
      </div>
      <TextArea
        label={t("field.reason")}
        hint={t("field.reason.hint")}
        fault={move.fault("/reason")}
        value={move.values.reason}
        onValue={(reason) => move.set({ reason })}
      />
    </MoveForm>
  );
}
