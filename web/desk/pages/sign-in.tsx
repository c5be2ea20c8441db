import type { JSX } from "preact";
import { useEffect } from "preact/hooks";

import type { Region } from "../api/types";
import { session } from "../session/session";
import { type Language, LANGUAGES, NAMES, t } from "../texts/language";

export function Languages({
  spoken,
  speakNow,
}: {
  spoken: Language;
  speakNow: (chosen: Language) => void;
}): JSX.Element {
  return (
    <div class="languages" role="group" aria-label={t("settings.language")}>
      {LANGUAGES.map((each) => (
        <button key={each} type="button" lang={each} aria-pressed={each === spoken} onClick={() => speakNow(each)}>
          {NAMES[each]}
        </button>
      ))}
    </div>
  );
}

export function SignInPage({
  region,
  failed,
  ...speaking
}: {
  region: Region;
  failed: boolean;
  spoken: Language;
  speakNow: (chosen: Language) => void;
}): JSX.Element {
  useEffect(() => {
    document.title = `${t("signin.title")} – Qamqor`;
  });
  return (
    <main class="signin">
      <p class="brand">
        <strong>Qamqor</strong> <span>{region.name}</span>
      </p>
      <h1>{t("desk")}</h1>
      {failed && (
        <p class="notice bad" role="alert">
          {t("signin.failed")}
        </p>
      )}
      {region.desk ? (
        <>
          <p>{t("signin.body")}</p>
          <button type="button" class="primary wide" onClick={() => void session.signIn()}>
            {t("signin.button")}
          </button>
        </>
      ) : (
        <p class="notice">{t("signin.none")}</p>
      )}
      <Languages {...speaking} />
    </main>
  );
}
