import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";

import { answered, api } from "../api/client";
import type { NewOfficer, Officer, Role } from "../api/types";
import { Refused, SessionEnded } from "../api/problem";
import { useAround } from "../around";
import { Against } from "../complaint/form";
import { useMove } from "../complaint/move";
import { Select, TextInput } from "../parts/field";
import { useLoaded } from "../../parts/loaded";
import { said, Show } from "../parts/load";
import { type Language, LANGUAGES, NAMES, t } from "../texts/language";
import { moment } from "../texts/time";
import { NotThere } from "./templates";

const ROLES = ["viewer", "officer", "head"] as const;

/** Who of the body works here, for its head. */
export function OfficersPage(): JSX.Element {
  const list = useLoaded(async () => (await answered(api.GET("/v1/agency/officers", {}))).items, []);
  const [inviting, setInviting] = useState(false);
  useEffect(() => {
    document.title = `${t("nav.officers")} – Qamqor`;
  });
  if (list.error instanceof Refused && list.error.status === 404) return <NotThere title={t("nav.officers")} />;
  if (list.error instanceof Refused && list.error.status === 403) {
    return (
      <div class="narrow">
        <h1>{t("nav.officers")}</h1>
        <p class="notice">{t("officers.head-only")}</p>
      </div>
    );
  }
  return (
    <div class="narrow">
      <h1>{t("nav.officers")}</h1>
      <p>{t("officers.about")}</p>
      <Show loaded={list}>
        {(officers) => (
          <>
            {officers.map((each) => (
              <OfficerCard key={each.id} officer={each} onChange={list.again} />
            ))}
            {inviting ? (
              <Invitation
                onLeave={() => setInviting(false)}
                onDone={async () => {
                  setInviting(false);
                  await list.again();
                }}
              />
            ) : (
              <button type="button" class="primary" onClick={() => setInviting(true)}>
                {t("officers.add")}
              </button>
            )}
          </>
        )}
      </Show>
    </div>
  );
}

function OfficerCard({ officer, onChange }: { officer: Officer; onChange: () => Promise<void> }): JSX.Element {
  const around = useAround();
  const [error, setError] = useState<Error | null>(null);
  const [done, setDone] = useState(false);
  const path = { id: officer.id };
  const make = async (call: Parameters<typeof answered>[0]): Promise<void> => {
    setError(null);
    setDone(false);
    try {
      await answered(call);
      setDone(true);
      await onChange();
    } catch (failed) {
      if (!(failed instanceof SessionEnded)) setError(failed as Error);
    }
  };
  const me = around.me?.officer?.id === officer.id;
  const seen = officer.last_seen_at ? t("officers.seen", { date: moment(officer.last_seen_at) }) : t("officers.never");
  return (
    <section class="card">
      <h2>{officer.name ?? officer.email ?? t("officers.unnamed")}</h2>
      <p class="quiet">
        {[officer.email, t(`state.${officer.state}`), seen].filter(Boolean).join(" · ")}
      </p>
      {officer.state !== "left" && !me && (
        <>
          <Select
            label={t("officers.role")}
            value={officer.role}
            onValue={(role) =>
              void make(
                api.PATCH("/v1/agency/officers/{id}", { params: { path }, body: { role: role as Role } }),
              )
            }
            options={ROLES.map((each) => [each, t(`role.${each}`)] as const)}
          />
          <div class="buttons">
            <button
              type="button"
              onClick={() => void make(api.POST("/v1/agency/officers/{id}/reset-second-factor", { params: { path } }))}
            >
              {t("officers.reset")}
            </button>
            <button
              type="button"
              onClick={() => void make(api.DELETE("/v1/agency/officers/{id}", { params: { path } }))}
            >
              {t("officers.leave")}
            </button>
          </div>
          <p class="hint">{t("officers.leave.does")}</p>
        </>
      )}
      <p role="status" class="done">
        {done && t("saved")}
      </p>
      {error && (
        <p class="notice bad" role="alert">
          {said(error)}
        </p>
      )}
    </section>
  );
}

function Invitation({ onDone, onLeave }: { onDone: () => Promise<void>; onLeave: () => void }): JSX.Element {
  const move = useMove({
    name: "officer.new",
    initial: { email: "", name: "", role: "officer", language: "kk" } as NewOfficer,
    body: (values) => values,
    call: (body, key) =>
      api.POST("/v1/agency/officers", { params: { header: { "Idempotency-Key": key } }, body }),
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
      <h2>{t("officers.add")}</h2>
      <TextInput label={t("officers.name")} fault={fault("/name")} value={values.name} onValue={(name) => set({ name })} />
      <TextInput
        label={t("officers.email")}
        mode="email"
        fault={fault("/email")}
        value={values.email}
        onValue={(email) => set({ email })}
      />
      <div class="pair">
        <Select
          label={t("officers.role")}
          fault={fault("/role")}
          value={values.role}
          onValue={(role) => set({ role: role as Role })}
          options={ROLES.map((each) => [each, t(`role.${each}`)] as const)}
        />
        <Select
          label={t("officers.language")}
          fault={fault("/language")}
          value={values.language ?? ""}
          onValue={(language) => set({ language: language as Language })}
          options={LANGUAGES.map((each) => [each, NAMES[each]] as const)}
        />
      </div>
      <Against move={move} />
      <div class="buttons">
        <button type="submit" class="primary" disabled={move.sending}>
          {t(move.sending ? "move.sending" : "officers.invite")}
        </button>
        <button type="button" onClick={onLeave}>
          {t("cancel")}
        </button>
      </div>
    </form>
  );
}
