import type { ComponentChildren, JSX } from "preact";

import type { Loaded } from "../parts/loaded";
import { t } from "./texts/language";

/** The value in view, or that it is being read, or that it could not be. */
export function Show<T>({
  loaded,
  again = loaded.again,
  children,
}: {
  loaded: Loaded<T>;
  again?: () => Promise<void>;
  children: (value: T) => ComponentChildren;
}): JSX.Element {
  return (
    <>
      {loaded.error && (
        <div class="notice bad" role="alert">
          <p>{t("failed")}</p>
          <button type="button" onClick={() => void again()}>
            {t("again")}
          </button>
        </div>
      )}
      {loaded.value !== null ? children(loaded.value) : !loaded.error && <p class="loading">{t("loading")}</p>}
    </>
  );
}
