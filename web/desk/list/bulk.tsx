import type { ComponentChildren, JSX } from "preact";
import { useRef, useState } from "preact/hooks";

import { answered, api } from "../api/client";
import type { Work } from "../api/types";
import { isProblem, SessionEnded } from "../api/problem";
import { takers, useAround } from "../around";
import { Select, TextArea } from "../parts/field";
import { said } from "../parts/load";
import { t } from "../texts/language";

const AT_ONCE = 25;

interface Outcome {
  done: number;
  refused: { number: string; why: string }[];
}

type Move = { move: "acknowledge" } | { move: "assign"; to: string | null } | { move: "comment"; text: string };

/** One move of those selected; what was refused says why, by its number. */
export function Bulk({
  works,
  onClear,
  onDone,
}: {
  works: readonly Work[];
  onClear: () => void;
  onDone: () => Promise<void>;
}): JSX.Element {
  const around = useAround();
  const [state, setState] = useState<"idle" | "sending" | Error | Outcome>("idle");
  const [form, setForm] = useState<"assign" | "comment" | null>(null);
  const sent = useRef<{ body: string; key: string } | null>(null);
  const fresh = works.filter((each) => each.status === "assigned");
  const make = async (move: Move, of: readonly Work[]): Promise<void> => {
    const body = { ...move, ids: of.slice(0, AT_ONCE).map((each) => each.id) };
    const said = JSON.stringify(body);
    if (sent.current?.body !== said) sent.current = { body: said, key: crypto.randomUUID() };
    setState("sending");
    try {
      const header = { "Idempotency-Key": sent.current.key };
      const { results } = await answered(api.POST("/v1/agency/bulk", { params: { header }, body }));
      const refused = results.flatMap(({ id, problem }) => {
        const number = works.find((work) => work.id === id)?.number ?? id;
        return isProblem(problem) ? [{ number, why: problem.detail ?? problem.title }] : [];
      });
      setState({ done: results.length - refused.length, refused });
      setForm(null);
      await onDone();
    } catch (error) {
      setState(error instanceof SessionEnded ? "idle" : (error as Error));
    }
  };
  const sending = state === "sending";
  return (
    <section class="bulk" aria-label={t("bulk.selected", { count: works.length })}>
      <div role="status">
        <p>
          <strong>{t("bulk.selected", { count: works.length })}</strong>
          {works.length > AT_ONCE && ` · ${t("bulk.most")}`}
        </p>
        {state instanceof Error && <p class="fault">{said(state)}</p>}
        {typeof state === "object" && "done" in state && <Result outcome={state} />}
      </div>
      <div class="buttons">
        {fresh.length > 0 && (
          <button
            type="button"
            class="primary"
            disabled={sending}
            onClick={() => void make({ move: "acknowledge" }, fresh)}
          >
            {t(sending ? "move.sending" : "bulk.acknowledge")}
          </button>
        )}
        {around.me?.officer && (
          <button type="button" aria-expanded={form === "assign"} onClick={() => setForm("assign")}>
            {t("bulk.assign")}
          </button>
        )}
        <button type="button" aria-expanded={form === "comment"} onClick={() => setForm("comment")}>
          {t("bulk.comment")}
        </button>
        <button type="button" onClick={onClear}>
          {t("bulk.clear")}
        </button>
      </div>
      {form === "assign" && <Assign sending={sending} onSend={(to) => void make({ move: "assign", to }, works)} />}
      {form === "comment" && (
        <Comment sending={sending} onSend={(text) => void make({ move: "comment", text }, works)} />
      )}
      {fresh.length > 0 && form === null && <p class="hint">{t("bulk.hint")}</p>}
    </section>
  );
}

function Result({ outcome }: { outcome: Outcome }): JSX.Element {
  return (
    <>
      <p>{t("bulk.done", { count: outcome.done })}</p>
      {outcome.refused.length > 0 && (
        <>
          <p>{t("bulk.failed", { count: outcome.refused.length })}</p>
          <ul>
            {outcome.refused.map((each) => (
              <li key={each.number}>
                {each.number}: {each.why}
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}

function Assign({ sending, onSend }: { sending: boolean; onSend: (to: string | null) => void }): JSX.Element {
  const around = useAround();
  const [to, setTo] = useState(around.me!.officer!.id);
  return (
    <Form sending={sending} onSend={() => onSend(to || null)}>
      <Select
        label={t("field.officer")}
        value={to}
        onValue={setTo}
        options={takers(around)}
      />
    </Form>
  );
}

function Comment({ sending, onSend }: { sending: boolean; onSend: (text: string) => void }): JSX.Element {
  const [text, setText] = useState("");
  return (
    <Form sending={sending} onSend={() => onSend(text)}>
      <TextArea label={t("bulk.comment.text")} hint={t("bulk.comment.hint")} rows={2} value={text} onValue={setText} />
    </Form>
  );
}

function Form({
  sending,
  onSend,
  children,
}: {
  sending: boolean;
  onSend: () => void;
  children: ComponentChildren;
}): JSX.Element {
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        onSend();
      }}
    >
      {children}
      <button type="submit" class="primary" disabled={sending}>
        {t(sending ? "move.sending" : "move.send")}
      </button>
    </form>
  );
}
