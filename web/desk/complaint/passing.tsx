import type { JSX } from "preact";

import { answeredOr, api } from "../api/client";
import { agencyName, type Around, categoryName, useAround } from "../around";
import { type Option, Select, TextArea, TextInput } from "../parts/field";
import { useLoaded } from "../../parts/loaded";
import { statusName } from "../status";
import { t } from "../texts/language";
import { day } from "../texts/time";
import { type FormProps, MoveForm } from "./form";
import { useMove } from "./move";

const PARTS_MOST = 5;

function bodies(around: Around, ids: readonly string[]): Option[] {
  const names = ids.map((id) => [id, agencyName(around, id)] as const);
  return [["", t("field.choose")], ...names.toSorted(([, one], [, other]) => one.localeCompare(other))];
}

/** To another body, or down to one below. */
export function PassForm({ complaint, form, ...props }: FormProps & { form: "transfer" | "instruct" }): JSX.Element {
  const around = useAround();
  const move = useMove({
    name: `${complaint.id}.${form}`,
    initial: { to: "", reason: "" },
    body: (values) => values,
    call: (body, key) =>
      api.POST(`/v1/agency/complaints/{id}/${form}`, {
        params: { path: { id: complaint.id }, header: { "Idempotency-Key": key } },
        body,
      }),
    ...props,
  });
  const ids = form === "transfer" ? complaint.transfer_to : complaint.instruct_to;
  return (
    <MoveForm form={form} move={move} {...props}>
      <Select
        label={t("field.to")}
        fault={move.fault("/to")}
        value={move.values.to}
        onValue={(to) => move.set({ to })}
        options={bodies(around, ids)}
      />
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

export function SplitForm({ complaint, ...props }: FormProps): JSX.Element {
  const around = useAround();
  const move = useMove({
    name: `${complaint.id}.split`,
    initial: { parts: [{ to: "", text: "" }] },
    body: (values) => values,
    call: (body, key) =>
      api.POST("/v1/agency/complaints/{id}/split", {
        params: { path: { id: complaint.id }, header: { "Idempotency-Key": key } },
        body,
      }),
    ...props,
  });
  const { parts } = move.values;
  const change = (at: number, part: Partial<(typeof parts)[number]>): void =>
    move.set({ parts: parts.map((each, index) => (index === at ? { ...each, ...part } : each)) });
  return (
    <MoveForm form="split" move={move} {...props}>
      {parts.map((part, at) => (
        <fieldset key={at}>
          <legend>{t("field.part", { n: at + 1 })}</legend>
          <Select
            label={t("field.to")}
            fault={move.fault(`/parts/${at}/to`)}
            value={part.to}
            onValue={(to) => change(at, { to })}
            options={bodies(around, complaint.transfer_to)}
          />
          <TextArea
            label={t("field.part.text")}
            fault={move.fault(`/parts/${at}/text`)}
            rows={3}
            value={part.text}
            onValue={(text) => change(at, { text })}
          />
          {parts.length > 1 && (
            <button
              type="button"
              class="plain"
              onClick={() => move.set({ parts: parts.filter((_, index) => index !== at) })}
            >
              {t("field.part.remove")}
            </button>
          )}
        </fieldset>
      ))}
      {parts.length < PARTS_MOST && (
        <button type="button" onClick={() => move.set({ parts: [...parts, { to: "", text: "" }] })}>
          {t("field.part.add")}
        </button>
      )}
    </MoveForm>
  );
}

export function MergeForm({ complaint, ...props }: FormProps): JSX.Element {
  const around = useAround();
  const path = { id: complaint.id };
  const near = useLoaded(
    () => answeredOr(api.GET("/v1/agency/complaints/{id}/nearby", { params: { path } }), { nearby: [], before: [] }),
    [complaint.id],
  );
  const move = useMove({
    name: `${complaint.id}.merge`,
    initial: { into: "", reason: "" },
    body: ({ into, reason }) => ({ into: into.trim(), ...(reason.trim() ? { reason } : {}) }),
    call: (body, key) =>
      api.POST("/v1/agency/complaints/{id}/merge", { params: { path, header: { "Idempotency-Key": key } }, body }),
    ...props,
  });
  const offered = near.value?.nearby ?? [];
  return (
    <MoveForm form="merge" move={move} {...props}>
      {offered.length > 0 && (
        <div class="templates" role="group" aria-label={t("complaint.nearby")}>
          <p class="label">{t("complaint.nearby")}</p>
          {offered.map((each) => (
            <button key={each.id} type="button" onClick={() => move.set({ into: each.number })}>
              {each.number} · {categoryName(around, each.category)} · {statusName(each.status)} ·{" "}
              {day(each.submitted_at)}
            </button>
          ))}
        </div>
      )}
      <TextInput
        label={t("field.into")}
        fault={move.fault("/into")}
        value={move.values.into}
        onValue={(into) => move.set({ into })}
      />
      <TextArea
        label={t("field.reason")}
        hint={t("field.reason.hint")}
        fault={move.fault("/reason")}
        rows={3}
        value={move.values.reason}
        onValue={(reason) => move.set({ reason })}
      />
    </MoveForm>
  );
}
