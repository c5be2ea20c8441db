import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";

import { answered, api } from "../api/client";
import type { Template } from "../api/types";
import { Refused } from "../api/problem";
import { categoryName, isHead, useAround } from "../around";
import { forgetTemplates } from "../complaint/answering";
import { Against } from "../complaint/form";
import { useMove } from "../complaint/move";
import { Select, TextArea, TextInput } from "../parts/field";
import { useLoaded } from "../../parts/loaded";
import { Show } from "../parts/load";
import { LANGUAGES, named, t } from "../texts/language";

const NEW = "new";

export function TemplatesPage(): JSX.Element {
  const around = useAround();
  const head = isHead(around);
  const list = useLoaded(async () => (await answered(api.GET("/v1/agency/templates", {}))).items, []);
  const [edited, setEdited] = useState<string | null>(null);
  useEffect(() => {
    document.title = `${t("nav.templates")} – Qamqor`;
  });
  const changed = async (): Promise<void> => {
    forgetTemplates();
    setEdited(null);
    await list.again();
  };
  const remove = async (id: string): Promise<void> => {
    await answered(api.DELETE("/v1/agency/templates/{id}", { params: { path: { id } } }));
    await changed();
  };
  if (list.error instanceof Refused && list.error.status === 404) return <NotThere title={t("nav.templates")} />;
  return (
    <div class="narrow">
      <h1>{t("nav.templates")}</h1>
      <p>{t("templates.about")}</p>
      <Show loaded={list}>
        {(items) => (
          <>
            {items.length === 0 && <p class="empty">{t("templates.empty")}</p>}
            {items
              .toSorted((one, other) => one.order - other.order)
              .map((each) =>
                edited === each.id ? (
                  <TemplateForm key={each.id} template={each} onDone={changed} onLeave={() => setEdited(null)} />
                ) : (
                  <section key={each.id} class="card">
                    <h2>
                      {each.category ? categoryName(around, each.category) : t("templates.any-category")} ·{" "}
                      {each.outcome ? t(`outcome.${each.outcome}`) : t("templates.any-outcome")}
                    </h2>
                    <p class="words">{named(each.text)}</p>
                    <p class="quiet">{t(each.enabled ? "templates.enabled" : "templates.off")}</p>
                    {head && (
                      <div class="buttons">
                        <button type="button" onClick={() => setEdited(each.id)}>
                          {t("edit")}
                        </button>
                        <button type="button" onClick={() => void remove(each.id)}>
                          {t("delete")}
                        </button>
                      </div>
                    )}
                  </section>
                ),
              )}
            {head &&
              (edited === NEW ? (
                <TemplateForm
                  template={{
                    id: NEW,
                    category: null,
                    outcome: null,
                    text: { kk: "", ru: "", en: "" },
                    order: items.length + 1,
                    enabled: true,
                  }}
                  onDone={changed}
                  onLeave={() => setEdited(null)}
                />
              ) : (
                <button type="button" class="primary" onClick={() => setEdited(NEW)}>
                  {t("templates.add")}
                </button>
              ))}
          </>
        )}
      </Show>
    </div>
  );
}

export function NotThere({ title }: { title: string }): JSX.Element {
  return (
    <div class="narrow">
      <h1>{title}</h1>
      <p class="empty">{t("not-there")}</p>
    </div>
  );
}

function TemplateForm({
  template,
  onDone,
  onLeave,
}: {
  template: Template;
  onDone: () => Promise<void>;
  onLeave: () => void;
}): JSX.Element {
  const around = useAround();
  const { id, ...initial } = template;
  const move = useMove({
    name: `template.${id}`,
    initial,
    body: (values) => values,
    call: (body, key) =>
      id === NEW
        ? api.POST("/v1/agency/templates", { params: { header: { "Idempotency-Key": key } }, body })
        : api.PATCH("/v1/agency/templates/{id}", { params: { path: { id } }, body }),
    onDone,
    onConflict: () => {},
  });
  const { values, set, fault } = move;
  return (
    <form
      class="card"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void move.send();
      }}
    >
      <div class="pair">
        <Select
          label={t("field.category")}
          fault={fault("/category")}
          value={values.category ?? ""}
          onValue={(category) => set({ category: category || null })}
          options={[["", t("templates.any-category")], ...around.categories.map((each) => [each.id, each.name] as const)]}
        />
        <Select
          label={t("field.outcome")}
          fault={fault("/outcome")}
          value={values.outcome ?? ""}
          onValue={(outcome) => set({ outcome: (outcome || null) as Template["outcome"] })}
          options={[
            ["", t("templates.any-outcome")],
            ["resolved", t("outcome.resolved")],
            ["declined", t("outcome.declined")],
          ]}
        />
      </div>
      {LANGUAGES.map((each) => (
        <TextArea
          key={each}
          label={t(`templates.text.${each}`)}
          fault={fault(`/text/${each}`)}
          rows={3}
          value={values.text[each]}
          onValue={(text) => set({ text: { ...values.text, [each]: text } })}
        />
      ))}
      <TextInput
        label={t("templates.order")}
        mode="numeric"
        fault={fault("/order")}
        value={String(values.order)}
        onValue={(order) => set({ order: Number(order) })}
      />
      <label class="tick">
        <input
          type="checkbox"
          checked={values.enabled}
          onChange={(event) => set({ enabled: event.currentTarget.checked })}
        />
        <span>{t("templates.enabled")}</span>
      </label>
      <Against move={move} />
      <div class="buttons">
        <button type="submit" class="primary" disabled={move.sending}>
          {t(move.sending ? "move.sending" : "save")}
        </button>
        <button
          type="button"
          onClick={() => {
            move.discard();
            onLeave();
          }}
        >
          {t("cancel")}
        </button>
      </div>
    </form>
  );
}
