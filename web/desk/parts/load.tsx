import type { ComponentChildren, JSX } from "preact";

import { Refused, SessionEnded, Unreachable } from "../api/problem";
import type { Loaded } from "../../parts/loaded";
import { t } from "../texts/language";

export function said(error: Error): string {
  if (error instanceof Refused) return error.problem.detail || error.problem.title;
  if (error instanceof Unreachable) return t("unreachable");
  if (error instanceof SessionEnded) return t("signin.ended");
  return String(error.message);
}

/** The value in view, or that it is being read, or why it cannot be. */
export function Show<T>({
  loaded,
  children,
}: {
  loaded: Loaded<T>;
  children: (value: T) => ComponentChildren;
}): JSX.Element {
  return (
    <>
      {loaded.error && !(loaded.error instanceof SessionEnded) && (
        <div class="notice bad" role="alert">
          <p>{said(loaded.error)}</p>
          <button type="button" onClick={() => void loaded.again()}>
            {t("again")}
          </button>
        </div>
      )}
      {loaded.value !== null ? children(loaded.value) : !loaded.error && <p class="loading">{t("loading")}</p>}
    </>
  );
}
