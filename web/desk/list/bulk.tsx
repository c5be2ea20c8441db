import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";

import { answered, api } from "../api/client";
import type { Work } from "../api/types";
import { isProblem, SessionEnded } from "../api/problem";
import { said } from "../parts/load";
import { t } from "../texts/language";

const AT_ONCE = 25;

interface Outcome {
  done: number;
  refused: { number: string; why: string }[];
}

/** Begin work on those selected; what was refused says why, by its number. */
export function Bulk({
  works,
  onClear,
  onDone,
}: {
  works: readonly Work[];
  onClear: () => void;
  onDone: () => Promise<void>;
}): JSX.Element {
  const [state, setState] = useState<"idle" | "sending" | Error | Outcome>("idle");
  const sent = useRef<{ ids: string; key: string } | null>(null);
  const fresh = works.filter((each) => each.status === "assigned");
  const acknowledge = async (): Promise<void> => {
    const ids = fresh.slice(0, AT_ONCE).map((each) => each.id);
    if (sent.current?.ids !== ids.join()) sent.current = { ids: ids.join(), key: crypto.randomUUID() };
    setState("sending");
    try {
      const header = { "Idempotency-Key": sent.current.key };
      const { results } = await answered(
        api.POST("/v1/agency/bulk", { params: { header }, body: { move: "acknowledge", ids } }),
      );
      const refused = results.flatMap(({ id, problem }) => {
        const number = works.find((work) => work.id === id)?.number ?? id;
        return isProblem(problem) ? [{ number, why: problem.detail ?? problem.title }] : [];
      });
      setState({ done: results.length - refused.length, refused });
      await onDone();
    } catch (error) {
      setState(error instanceof SessionEnded ? "idle" : (error as Error));
    }
  };
  return (
    <section class="bulk" aria-label={t("bulk.selected", { count: works.length })}>
      <div role="status">
        <p>
          <strong>{t("bulk.selected", { count: works.length })}</strong>
          {works.length > AT_ONCE && ` · ${t("bulk.most")}`}
        </p>
        {state instanceof Error && <p class="fault">{said(state)}</p>}
        {typeof state === "object" && "done" in state && (
          <>
            <p>{t("bulk.done", { count: state.done })}</p>
            {state.refused.length > 0 && (
              <>
                <p>{t("bulk.failed", { count: state.refused.length })}</p>
                <ul>
                  {state.refused.map((each) => (
                    <li key={each.number}>
                      {each.number}: {each.why}
                    </li>
                  ))}
                </ul>
              </>
            )}
          </>
        )}
      </div>
      <div class="buttons">
        {fresh.length > 0 && (
          <button type="button" class="primary" disabled={state === "sending"} onClick={() => void acknowledge()}>
            {t(state === "sending" ? "move.sending" : "bulk.acknowledge")}
          </button>
        )}
        <button type="button" onClick={onClear}>
          {t("bulk.clear")}
        </button>
      </div>
      {fresh.length > 0 && <p class="hint">{t("bulk.hint")}</p>}
    </section>
  );
}
