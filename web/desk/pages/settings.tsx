import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";

import { answeredOr, api } from "../api/client";
import { agencyName, useAround } from "../around";
import { Fact } from "../complaint/report";
import { areKeysOn, turnKeys } from "../list/keys";
import { session } from "../session/session";
import { type Language, named, t } from "../texts/language";
import { Languages } from "./sign-in";

export function SettingsPage({
  spoken,
  speakNow,
}: {
  spoken: Language;
  speakNow: (chosen: Language) => void;
}): JSX.Element {
  const around = useAround();
  const [keys, setKeys] = useState(areKeysOn);
  useEffect(() => {
    document.title = `${t("nav.settings")} – Qamqor`;
  });
  const choose = (chosen: Language): void => {
    speakNow(chosen);
    // Also what the system writes to the officer by mail.
    if (around.me?.officer) void answeredOr(api.PATCH("/v1/agency/me", { body: { language: chosen } }), null);
  };
  const officer = around.me?.officer;
  return (
    <div class="narrow">
      <h1>{t("nav.settings")}</h1>
      <section class="card">
        <h2>{t("settings.language")}</h2>
        <Languages spoken={spoken} speakNow={choose} />
      </section>
      {around.me && (
        <section class="card">
          <h2>{t("settings.body")}</h2>
          <p>{named(around.me.agency.name) || agencyName(around, around.me.agency.id)}</p>
          {officer && (
            <dl class="facts">
              {officer.name && <Fact name={t("settings.me")}>{officer.name}</Fact>}
              <Fact name={t("officers.role")}>{t(`role.${officer.role}`)}</Fact>
            </dl>
          )}
        </section>
      )}
      <section class="card">
        <h2>{t("settings.keys")}</h2>
        <p>{t("keys.body")}</p>
        <label class="tick">
          <input
            type="checkbox"
            checked={keys}
            onChange={(event) => {
              turnKeys(event.currentTarget.checked);
              setKeys(event.currentTarget.checked);
            }}
          />
          <span>{t("settings.keys.on")}</span>
        </label>
      </section>
      <button type="button" onClick={() => session.signOut()}>
        {t("signin.out")}
      </button>
    </div>
  );
}
