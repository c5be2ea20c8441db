import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";

import { useArriving } from "../parts/arriving";
import { useLoaded } from "../parts/loaded";
import { inZone } from "../texts/time";
import { RegionContext, useRegion } from "./around";
import { readFigures, readRegion } from "./data/files";
import { DataPage } from "./figures/data";
import { FiguresPage } from "./figures/figures";
import { GroupPage } from "./figures/group";
import { StartPage } from "./list/start";
import { Show } from "./loaded";
import { type Place, usePlace } from "./routes";
import { isLanguage, type Language, language, LANGUAGES, named, NAMES, speak, t } from "./texts/language";

export function App(): JSX.Element {
  const [spoken, setSpoken] = useState(language);
  const region = useLoaded(async () => {
    const about = await readRegion();
    inZone(about.time_zone);
    return about;
  }, []);
  const speakNow = (chosen: Language): void => {
    speak(chosen);
    setSpoken(chosen);
  };
  return (
    <Show loaded={region}>
      {(about) => (
        <RegionContext.Provider value={about}>
          <Site spoken={spoken} speakNow={speakNow} />
        </RegionContext.Provider>
      )}
    </Show>
  );
}

function Site({ spoken, speakNow }: { spoken: Language; speakNow: (chosen: Language) => void }): JSX.Element {
  const place = usePlace();
  const name = place.page === "group" ? `${place.kind}/${place.id}` : place.page;
  const main = useArriving(name);
  return (
    <>
      <a class="skip" href="#main" onClick={(event) => (event.preventDefault(), main.current?.focus())}>
        {t("skip")}
      </a>
      <Header place={place} spoken={spoken} speakNow={speakNow} />
      <main id="main" tabIndex={-1} ref={main}>
        <Page key={spoken} place={place} />
      </main>
    </>
  );
}

function Header({ place, spoken, speakNow }: {
  place: Place;
  spoken: Language;
  speakNow: (chosen: Language) => void;
}): JSX.Element {
  const region = useRegion();
  const here = place.page === "group" ? "figures" : place.page;
  const links = [
    ["start", "#/", t("nav.start")],
    ["figures", "#/figures", t("nav.figures")],
    ["data", "#/data", t("nav.data")],
  ] as const;
  return (
    <header class="top">
      <p class="brand">
        <strong>Qamqor</strong> <span>{named(region.name)}</span>
      </p>
      <nav aria-label={t("nav")}>
        {links.map(([page, href, name]) => (
          <a key={page} href={href} aria-current={page === here ? "page" : undefined}>
            {name}
          </a>
        ))}
      </nav>
      <label class="speak">
        <span class="unseen">{t("language")}</span>
        <select
          value={spoken}
          onChange={(event) => isLanguage(event.currentTarget.value) && speakNow(event.currentTarget.value)}
        >
          {LANGUAGES.map((each) => (
            <option key={each} value={each} lang={each}>
              {NAMES[each]}
            </option>
          ))}
        </select>
      </label>
    </header>
  );
}

function Page({ place }: { place: Place }): ComponentChildren {
  const figures = useLoaded(async () => ({ all: await readFigures() }), []);
  switch (place.page) {
    case "start":
      return <StartPage filters={place.filters} />;
    case "figures":
      return <Show loaded={figures}>{({ all }) => <FiguresPage all={all} kind={place.kind} />}</Show>;
    case "group":
      return <Show loaded={figures}>{({ all }) => <GroupPage all={all} kind={place.kind} id={place.id} />}</Show>;
    case "data":
      return <DataPage months={figures.value?.all?.months ?? []} />;
    default:
      return <h1>{t("missing")}</h1>;
  }
}
