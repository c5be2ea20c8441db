import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

import { answered, api } from "./api/client";
import { connection, watchConnection } from "./api/connection";
import type { Region } from "./api/types";
import { agencyName, type Around, AroundContext, isHead, readAround } from "./around";
import { ComplaintPage } from "./complaint/complaint";
import { ListPage } from "./list/list";
import { OfficersPage } from "./pages/officers";
import { SettingsPage } from "./pages/settings";
import { SignInPage } from "./pages/sign-in";
import { TemplatesPage } from "./pages/templates";
import { Icon } from "./parts/icons";
import { useArriving } from "../parts/arriving";
import { useLoaded } from "../parts/loaded";
import { Show } from "./parts/load";
import { type Place, usePlace } from "./routes";
import { session } from "./session/session";
import { isChosen, isLanguage, type Language, language, named, speak, t } from "./texts/language";
import { inZone } from "./texts/time";

type Standing = "arriving" | "out" | "failed" | "in" | "ended";

export function App(): JSX.Element {
  const [spoken, setSpoken] = useState(language);
  const [standing, setStanding] = useState<Standing>("arriving");
  const region = useLoaded(async () => {
    const about = await answered(api.GET("/v1/region", {}));
    inZone(about.time_zone);
    return about;
  }, [spoken]);
  const endpoints = region.value?.desk ?? null;

  useEffect(() => {
    if (endpoints === null || standing !== "arriving") return;
    session.begin(endpoints, (ended) => setStanding((now) => (ended && now === "in" ? "ended" : now)));
    void session.arrive().then((came) => setStanding(came === "in" ? "in" : came === "failed" ? "failed" : "out"));
  }, [endpoints]);

  const speakNow = (chosen: Language): void => {
    speak(chosen);
    setSpoken(chosen);
  };
  return (
    <Show loaded={region}>
      {(about) =>
        standing === "in" || standing === "ended" ? (
          <Desk region={about} spoken={spoken} speakNow={speakNow} ended={standing === "ended"} />
        ) : (
          (endpoints === null || standing !== "arriving") && (
            <SignInPage region={about} failed={standing === "failed"} spoken={spoken} speakNow={speakNow} />
          )
        )
      }
    </Show>
  );
}

interface Speaking {
  spoken: Language;
  speakNow: (chosen: Language) => void;
}

function Desk({ region, spoken, speakNow, ended }: Speaking & { region: Region; ended: boolean }): JSX.Element {
  const around = useLoaded(() => readAround(region), [region]);
  const theirs = around.value?.me?.officer?.language;
  useEffect(() => {
    if (isLanguage(theirs) && !isChosen()) speakNow(theirs);
  }, [theirs]);
  const place = usePlace();
  const name = place.page === "complaint" ? place.id : place.page;
  const main = useArriving(name);
  return (
    <>
      <a class="skip" href="#main" onClick={(event) => (event.preventDefault(), main.current?.focus())}>
        {t("skip")}
      </a>
      <Show loaded={around}>
        {(known) => (
          <AroundContext.Provider value={known}>
            <Header around={known} place={place} />
            <ConnectionNotice />
            {ended && <Ended />}
            <main id="main" tabIndex={-1} ref={main}>
              <Page place={place} spoken={spoken} speakNow={speakNow} />
            </main>
          </AroundContext.Provider>
        )}
      </Show>
    </>
  );
}

function Header({ around, place }: { around: Around; place: Place }): JSX.Element {
  const here = place.page === "complaint" || place.page === "map" ? "list" : place.page;
  const links: [string, string, string][] = [
    ["list", "#/", t("nav.list")],
    ["templates", "#/templates", t("nav.templates")],
    ...(isHead(around) ? ([["officers", "#/officers", t("nav.officers")]] as [string, string, string][]) : []),
    ["settings", "#/settings", t("nav.settings")],
  ];
  const body = around.me && (named(around.me.agency.name) || agencyName(around, around.me.agency.id));
  return (
    <header class="top">
      <p class="brand">
        <strong>Qamqor</strong> <span>{around.region.name}</span>
      </p>
      {body && <p class="body">{body}</p>}
      <nav aria-label={t("nav")}>
        {links.map(([page, href, name]) => (
          <a key={page} href={href} aria-current={page === here ? "page" : undefined}>
            {name}
          </a>
        ))}
      </nav>
    </header>
  );
}

function ConnectionNotice(): JSX.Element {
  const [state, setState] = useState(connection);
  useEffect(() => watchConnection(setState), []);
  return (
    <div class="connection" role="status">
      {state !== "good" && (
        <p>
          <Icon name="offline" /> {t(state)}
        </p>
      )}
    </div>
  );
}

/** Over the page, whose text stays: nothing else can be done. */
function Ended(): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} class="ended" aria-labelledby="ended" onCancel={(event) => event.preventDefault()}>
      <h2 id="ended">{t("signin.ended")}</h2>
      <p>{t("signin.ended.body")}</p>
      <button type="button" class="primary" onClick={() => void session.signIn()}>
        {t("signin.button")}
      </button>
    </dialog>
  );
}

function Page({ place, spoken, speakNow }: Speaking & { place: Place }): ComponentChildren {
  switch (place.page) {
    case "list":
    case "map":
      return <ListPage key={spoken} onMap={place.page === "map"} />;
    case "complaint":
      return <ComplaintPage key={place.id + spoken} id={place.id} move={place.move} />;
    case "templates":
      return <TemplatesPage />;
    case "officers":
      return <OfficersPage />;
    case "settings":
      return <SettingsPage spoken={spoken} speakNow={speakNow} />;
    default:
      return <h1>{t("missing")}</h1>;
  }
}
