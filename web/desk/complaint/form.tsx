import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";

import type { Detail } from "../api/types";
import { said } from "../parts/load";
import { t } from "../texts/language";
import type { Making } from "./move";
import type { Form } from "./moves";

/** What every form of a move is told. */
export interface FormProps {
  complaint: Detail;
  /** Whether the API still says that the move can be made. */
  isPossible: boolean;
  onDone: () => Promise<void>;
  onConflict: () => Promise<void>;
  onLeave: () => void;
}

/** Around a move's fields: what it does and who is told, what the API says against it, and its buttons. */
export function MoveForm<Values>({
  form,
  move,
  isPossible,
  onLeave,
  wait,
  children,
}: {
  form: Form;
  move: Making<Values>;
  isPossible: boolean;
  onLeave: () => void;
  /** Why it cannot be sent yet. */
  wait?: string | undefined;
  children: ComponentChildren;
}): JSX.Element {
  const element = useRef<HTMLFormElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    heading.current?.focus({ preventScroll: true });
    element.current?.scrollIntoView({ block: "nearest" });
  }, []);
  useEffect(() => {
    if (move.error) element.current?.querySelector<HTMLElement>("[aria-invalid]")?.focus();
  }, [move.error]);
  return (
    <form
      class="move card"
      ref={element}
      noValidate
      aria-labelledby="move"
      onSubmit={(event) => {
        event.preventDefault();
        if (isPossible && !wait) void move.send();
      }}
    >
      <h2 id="move" ref={heading} tabIndex={-1}>
        {t(`move.${form}`)}
      </h2>
      <p class="does">{t(`move.${form}.does`)}</p>
      {children}
      <Against move={move} />
      {wait && <p class="hint" role="status">{wait}</p>}
      {isPossible ? (
        <div class="buttons">
          <button type="submit" class="primary" disabled={move.sending || wait !== undefined}>
            {t(move.sending ? "move.sending" : "move.send")}
          </button>
          <button type="button" onClick={onLeave}>
            {t("cancel")}
          </button>
        </div>
      ) : (
        <>
          <p class="notice bad">{t("complaint.changed.not-possible")}</p>
          <button
            type="button"
            onClick={() => {
              move.discard();
              onLeave();
            }}
          >
            {t("complaint.discard")}
          </button>
        </>
      )}
      <p class="hint">{t("move.draft")}</p>
    </form>
  );
}

/** Rendered after the fields, which by then have asked for what is theirs. */
export function Against<Values>({ move }: { move: Making<Values> }): JSX.Element | null {
  if (!move.error) return null;
  const unnamed = move.unnamed();
  return (
    <div class="notice bad" role="alert">
      <p>{said(move.error)}</p>
      {unnamed.length > 0 && (
        <ul>
          {unnamed.map((each) => (
            <li key={each}>{each}</li>
          ))}
        </ul>
      )}
    </div>
  );
}
