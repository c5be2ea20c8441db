import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

import { answered, api } from "../api/client";
import type { Detail, AnEvent } from "../api/types";
import { Refused } from "../api/problem";
import { agencyName, categoryName, useAround } from "../around";
import { Due } from "../parts/due";
import { Icon } from "../parts/icons";
import { useLoaded } from "../../parts/loaded";
import { Show } from "../parts/load";
import { go, toComplaint } from "../routes";
import { statusName } from "../status";
import { t } from "../texts/language";
import { moment } from "../texts/time";
import { AnswerForm } from "./answering";
import { AssignForm } from "./assigning";
import { AskForm, CommentForm } from "./conversing";
import { CorrectForm } from "./correcting";
import { ExtendForm } from "./extending";
import type { FormProps } from "./form";
import { History, newerThan, Step } from "./history";
import { buttons, type Form, isForm } from "./moves";
import { Offered } from "./offered";
import { MergeForm, PassForm, SplitForm } from "./passing";
import { PublicForm } from "./publishing";
import { RedactForm } from "./redacting";
import { Fact, Report } from "./report";

function read(id: string, cursor?: string): Promise<Detail> {
  const query = cursor === undefined ? {} : { cursor };
  return answered(api.GET("/v1/agency/complaints/{id}", { params: { path: { id }, query } }));
}

export function ComplaintPage({ id, move }: { id: string; move: string | null }): JSX.Element {
  const loaded = useLoaded(() => read(id), [id]);
  const gone = loaded.error instanceof Refused && loaded.error.status === 404;
  useEffect(() => {
    // Who comes back to the tab sees what others did meanwhile, and photos' links that are good again.
    const returned = (): void => void (!document.hidden && loaded.again());
    document.addEventListener("visibilitychange", returned);
    return () => document.removeEventListener("visibilitychange", returned);
  }, [loaded.again]);
  return (
    <>
      <p class="back">
        <a href="#/">
          <Icon name="arrow" />
          {t("complaint.back")}
        </a>
      </p>
      {gone ? (
        <h1>{t("complaint.gone")}</h1>
      ) : (
        <Show loaded={loaded}>
          {(complaint) => <Complaint complaint={complaint} move={move} again={loaded.again} onRead={loaded.set} />}
        </Show>
      )}
    </>
  );
}

function Complaint({
  complaint,
  move,
  again,
  onRead,
}: {
  complaint: Detail;
  move: string | null;
  again: () => Promise<void>;
  /** It was read anew. */
  onRead: (complaint: Detail) => void;
}): JSX.Element {
  const around = useAround();
  const { id } = complaint;
  const [earlier, setEarlier] = useState<{ events: AnEvent[]; cursor: string | null } | null>(null);
  const [done, setDone] = useState("");
  /** Up to where this officer has seen what happened. */
  const [seen, setSeen] = useState(() => newest(complaint));
  const panel = useRef<HTMLDivElement>(null);
  const mine = around.me?.agency.id;
  const isPassedOn = mine !== undefined && complaint.agency !== mine && !complaint.escalated_to.includes(mine);
  const isAbove = mine === undefined ? false : complaint.escalated_to.includes(mine);
  const offered = buttons(complaint, around);
  const form = isForm(move) ? move : null;
  const changes = newerThan(complaint, seen);

  useEffect(() => {
    document.title = `${complaint.number} – Qamqor`;
  });
  const made = async (name: string): Promise<void> => {
    go(toComplaint(id), { replace: true });
    setDone(t("move.done", { move: name }));
    const now = await read(id).catch(() => null);
    if (now === null) return again();
    setSeen(newest(now));
    onRead(now);
    panel.current?.focus({ preventScroll: true });
  };
  const props: FormProps = {
    complaint,
    isPossible: form !== null && offered.includes(form),
    onDone: () => made(t(`move.${form!}`)),
    onConflict: again,
    onLeave: () => go(toComplaint(id), { replace: true }),
  };
  const readEarlier = async (): Promise<void> => {
    const cursor = earlier ? earlier.cursor : complaint.cursor;
    if (cursor === null) return;
    const page = await read(id, cursor);
    setEarlier({ events: [...page.events, ...(earlier?.events ?? [])], cursor: page.cursor });
  };
  return (
    <article class="complaint">
      <header>
        <p class="quiet">
          <span class="number">{complaint.number}</span>
          <span class={`state ${complaint.status}`}>{statusName(complaint.status)}</span>
          <button type="button" class="plain screen" onClick={() => print()}>
            {t("complaint.print")}
          </button>
        </p>
        <h1>{categoryName(around, complaint.category)}</h1>
        {isAbove && (
          <p class="notice escalated">
            <Icon name="up" />
            {t("complaint.escalated")}
          </p>
        )}
        {isPassedOn && <p class="notice">{t("complaint.passed-on")}</p>}
        {complaint.flags > 0 && (
          <p class="notice bad flagged">
            <Icon name="alert" />
            {t("complaint.flagged", { count: complaint.flags })}
          </p>
        )}
        {complaint.hidden && (
          <p class="notice hidden-from-public">
            <strong>{t("complaint.hidden")}</strong>{" "}
            {complaint.hidden.agency && `${agencyName(around, complaint.hidden.agency)}. `}
            {complaint.hidden.reason}
          </p>
        )}
      </header>
      <Deadline complaint={complaint} />
      <Report complaint={complaint} isPassedOn={isPassedOn} />
      <div ref={panel} tabIndex={-1} class="panel">
        <p class="done" role="status">
          {done && (
            <>
              <Icon name="check" />
              {done}
            </>
          )}
        </p>
        {changes.length > 0 && (
          <section class="notice changed" role="alert">
            <h2>{t("complaint.changed")}</h2>
            <ol>
              {changes.map((each) => (
                <Step key={each.id} event={each} />
              ))}
            </ol>
            {form && <p>{t("complaint.changed.kept")}</p>}
            <button type="button" onClick={() => setSeen(newest(complaint))}>
              {t("close")}
            </button>
          </section>
        )}
        {form ? (
          <Making form={form} {...props} />
        ) : (
          <Offered
            complaint={complaint}
            buttons={offered}
            onDone={() => made(t("move.acknowledge"))}
            onConflict={again}
          />
        )}
      </div>
      <History
        events={[...(earlier?.events ?? []), ...complaint.events]}
        hasMore={(earlier ? earlier.cursor : complaint.cursor) !== null}
        onMore={() => void readEarlier()}
      />
    </article>
  );
}

function newest(complaint: Detail): number {
  return Math.max(0, ...complaint.events.map((each) => each.sequence));
}

/** By when, how that was counted, and who has it. */
function Deadline({ complaint }: { complaint: Detail }): JSX.Element {
  const around = useAround();
  const ended = ["answered", "closed", "withdrawn"].includes(complaint.status);
  const officer = complaint.assigned_to && (around.officers.get(complaint.assigned_to) ?? complaint.assigned_to);
  return (
    <section class="card deadline" aria-labelledby="deadline">
      <h2 id="deadline">{t("due.title")}</h2>
      <p class="big">
        <Due at={complaint.due_at} stopped={ended} />
      </p>
      {complaint.due_at && !ended && (
        <>
          <p>{moment(complaint.due_at)}</p>
          {complaint.left && <p>{t("due.open", { left: complaint.left })}</p>}
          {complaint.overdue && <p class="fault">{t("due.all-missed")}</p>}
          {complaint.acknowledge_by && complaint.status === "assigned" && (
            <p>{t("due.acknowledge", { date: moment(complaint.acknowledge_by) })}</p>
          )}
          {complaint.forward_by && complaint.possible.includes("transfer") && (
            <p class="quiet">{t("due.forward", { date: moment(complaint.forward_by) })}</p>
          )}
          {complaint.deadline_explanation && (
            <details>
              <summary>{t("due.why")}</summary>
              <p>{complaint.deadline_explanation}</p>
            </details>
          )}
        </>
      )}
      <dl class="facts">
        {complaint.agency && (
          <Fact name={t("complaint.agency")}>{agencyName(around, complaint.agency)}</Fact>
        )}
        {complaint.escalated_to.length > 0 && (
          <Fact name={t("complaint.above")}>
            {complaint.escalated_to.map((each) => agencyName(around, each)).join("; ")}
          </Fact>
        )}
        {officer && <Fact name={t("complaint.officer")}>{officer}</Fact>}
      </dl>
    </section>
  );
}

function Making({ form, ...props }: FormProps & { form: Form }): JSX.Element {
  switch (form) {
    case "answer":
      return <AnswerForm {...props} />;
    case "ask":
      return <AskForm {...props} />;
    case "comment":
    case "note":
      return <CommentForm key={form} {...props} internal={form === "note"} />;
    case "transfer":
    case "instruct":
      return <PassForm key={form} {...props} form={form} />;
    case "split":
      return <SplitForm {...props} />;
    case "merge":
      return <MergeForm {...props} />;
    case "extend":
      return <ExtendForm {...props} />;
    case "correct":
      return <CorrectForm {...props} />;
    case "assign":
      return <AssignForm {...props} />;
    case "hide":
    case "unhide":
      return <PublicForm key={form} {...props} form={form} />;
    case "redact":
      return <RedactForm {...props} />;
  }
}
