"""What is written down of one complaint: events, log lines, executions, deliveries and pushes, on one line of time."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count, product
from typing import TYPE_CHECKING, Any, Final

from infra.ops.durations import at_local
from infra.ops.place import Place
from infra.ops.watches import restarted_name

if TYPE_CHECKING:
    from functions.complaints.complaint import Complaint
    from functions.complaints.events import Event
    from functions.complaints.region import Region
    from functions.records.people.inbox import InboxItem

_MARGIN: Final = timedelta(minutes=5)
# Of an execution's history what tells where it was: the rest is how Step Functions works.
_STEPS: Final = frozenset(
    "ExecutionStarted ExecutionSucceeded ExecutionFailed ExecutionAborted ExecutionTimedOut TaskFailed "
    "TaskTimedOut".split()
)
_STATES: Final = frozenset(("Sleep", "Wake", "ContinueAsNew", "Lost"))
_WATCH_SAID: Final = {
    "ExecutionStarted": "begins to wait for the deadlines",
    "Wake": "a deadline has come: acts on it",
    "ExecutionSucceeded": "ends: nothing is left to wait for",
    "ExecutionAborted": "was stopped",
    "ExecutionFailed": "FAILED: the sweep takes over",
    "ExecutionTimedOut": "FAILED: it ran out of time, and the sweep takes over",
    "TaskFailed": "a try failed",
    "TaskTimedOut": "a try took too long",
    "Lost": "lost the complaint",
}


@dataclass(frozen=True, kw_only=True)
class Step:
    """What happened, and where it is written down. `correlation_id` joins the steps that one request caused. `who` did
    `told`, in words, which are empty where only the raw line says it.
    """

    at: datetime
    source: str
    what: str
    correlation_id: str | None = None
    who: str = ""
    told: str = ""


def steps_of(place: Place, complaint: "Complaint", events: Iterable["Event"]) -> list[Step]:
    """Every step, oldest first."""
    complaint_id = complaint.id
    steps = list(_events(place, complaint_id, events))
    steps += _executions(place, complaint_id, rounds=complaint.watch_round)
    steps += _deliveries(place, complaint_id)
    steps += _told(place, complaint)
    correlated = [step.correlation_id for step in steps if step.correlation_id]
    since = min(step.at for step in steps) - _MARGIN
    steps += _log_lines(place, [complaint_id, *dict.fromkeys(correlated)], since=since)
    return sorted(steps, key=lambda step: step.at)


def _events(place: Place, complaint_id: str, events: Iterable["Event"]) -> Iterator[Step]:
    from functions.records.codec import complaint_pk
    from functions.records.tables import EventItem

    query = EventItem.query(
        complaint_pk(complaint_id), EventItem.sk.startswith("event#"), consistent_read=True
    )
    said = {event.seq: _in_words(event, place=place) for event in events}
    for item in query:
        by = item.actor_agency or item.actor
        due = "" if item.due_at is None else f", due {item.due_at:%Y-%m-%dT%H:%M:%SZ}"
        yield Step(
            at=item.at,
            source="event",
            what=f"{item.seq} {item.type} by {by}: {item.status}, {item.agency_id or 'nobody'}{due}",
            correlation_id=item.correlation_id,
            who=by or "",
            told=said.get(int(item.seq), str(item.type)),
        )


def _in_words(event: "Event", *, place: Place) -> str:
    """As the public reads it, without what people wrote; of a step that is not theirs to know, its name."""
    from functions.complaints.history import line
    from functions.complaints.visibility import Viewer

    public = line(event, language="en", region=place.region, viewer=Viewer.PUBLIC)
    if public is not None:
        return ": ".join(filter(None, (public["title"], public["body"])))
    named = line(event, language="en", region=place.region, viewer=Viewer.IN_CHARGE)
    return str(event.type) if named is None else str(named["title"])


def _executions(place: Place, complaint_id: str, *, rounds: int) -> Iterator[Step]:
    """Of every round's watch: the first, those that an operator started, and those by which one went on."""
    from functions.route.watch import FIRST_LAP, execution_name

    states = place.client("stepfunctions")
    machine = place.settings["STATE_MACHINE_ARN"].replace(":stateMachine:", ":execution:")
    for watch_round in range(1, rounds + 1):
        first = execution_name(complaint_id, watch_round, lap=FIRST_LAP)
        yield from _watched(states, f"{machine}:{first}", label=f"{watch_round}-{FIRST_LAP}") or ()
        for number in count(1):
            name = restarted_name(complaint_id, watch_round, number=number)
            steps = _watched(states, f"{machine}:{name}", label=f"{watch_round}-r{number}")
            if steps is None:
                break
            yield from steps


def _watched(states: Any, arn: str | None, *, label: str) -> list[Step] | None:
    """An execution and those that it went on in; None where there is none of that name (any more)."""
    steps: list[Step] = []
    laps = count(2)
    while arn is not None:
        pages = states.get_paginator("get_execution_history").paginate(executionArn=arn)
        try:
            events = [event for page in pages for event in page["events"]]
        except states.exceptions.ExecutionDoesNotExist:
            return steps or None
        steps += _history(events, label=label)
        arn, label = _continuation(events), f"{label.partition(' ')[0]} part {next(laps)}"
    return steps


def _history(events: list[Mapping[str, Any]], *, label: str) -> Iterator[Step]:
    for event in events:
        state = event.get("stateEnteredEventDetails", {}).get("name")
        if event["type"] in _STEPS or state in _STATES:
            what = str(state or event["type"])
            yield Step(
                at=event["timestamp"].astimezone(UTC),
                source=f"watch {label}",
                what=what,
                who=f"watch {label}",
                told=_WATCH_SAID.get(what, ""),
            )


def _continuation(events: list[Mapping[str, Any]]) -> str | None:
    """The ARN of the execution that this one started in its place."""
    for event in events:
        details = event.get("taskSucceededEventDetails", {})
        if details.get("resource") == "startExecution":
            return str(json.loads(details["output"])["ExecutionArn"])
    return None


def _deliveries(place: Place, complaint_id: str) -> Iterator[Step]:
    """To every subscription that anybody in the region has: each has a lane of its own for the complaint."""
    from functions.complaints.clock import parse_iso
    from functions.notify.webhooks.tables import DeliveryItem, lane_pk
    from functions.records.agencies.subscriptions import subscriptions_of

    for agency_id in place.region.agencies:
        for subscription in subscriptions_of(agency_id):
            lane = lane_pk(subscription.id, complaint_id)
            for item in DeliveryItem.query(lane, DeliveryItem.sk.startswith("event#")):
                for attempt in item.attempts or ():
                    said = attempt.get("error") or attempt.get("status")
                    yield Step(
                        at=parse_iso(attempt["at"]),
                        source=f"webhook {agency_id}",
                        what=f"{item.seq} {item.type}, attempt {attempt['n']}: {said}",
                        who=f"webhook {agency_id}",
                        told=f"{item.type}, try {attempt['n']}: answered {said}",
                    )
                if not item.attempts:
                    yield Step(
                        at=parse_iso(item.created.partition("#")[0]),
                        source=f"webhook {agency_id}",
                        what=f"{item.seq} {item.type}: {item.status}, not tried yet",
                        who=f"webhook {agency_id}",
                        told=f"{item.type} waits to be sent ({item.status})",
                    )


def _told(place: Place, complaint: "Complaint") -> Iterator[Step]:
    """What the one who reported was told: that the line stands in the inbox, and what each phone was to show of it, in
    the language that it has now.
    """
    from functions.complaints.history import push
    from functions.records.people.inbox import InboxItem, event_of, viewer_of
    from functions.records.people.person import person_of
    from functions.records.people.table import person_pk

    if complaint.reporter is None:
        return
    person = person_of(complaint.reporter, now=datetime.now(UTC))
    of_complaint = InboxItem.complaint_id == complaint.id
    told = InboxItem.sk.startswith("told#")
    for item in InboxItem.query(person_pk(complaint.reporter), told, filter_condition=of_complaint):
        waits = (
            "" if item.held_until is None else f", the push waits until {item.held_until:%Y-%m-%dT%H:%M:%SZ}"
        )
        yield Step(
            at=item.told_at,
            source="inbox",
            what=f"{int(item.seq)} {item.type}{waits}",
            who="inbox",
            told=_without_push(item, region=place.region),
        )
        for device in person.devices:
            if device.device_id not in (item.pushed or ()):
                continue
            text = push(
                event_of(item),
                number=item.number,
                category=item.category,
                region=place.region,
                language=person.language_on(device) or item.language or place.region.languages[0],
                viewer=viewer_of(item),
            )
            if text is not None:
                yield Step(
                    at=item.told_at,
                    source=f"push {device.platform}",
                    what=f"{int(item.seq)} “{text.title}”: {text.body}",
                    who=f"push {device.platform}",
                    told=f"“{text.title}”: {text.body}",
                )


def _without_push(item: "InboxItem", *, region: "Region") -> str:
    """Nothing where a push says it too."""
    if (until := item.waits_until) is not None:
        return f"{item.type}; the push waits until {at_local(until, region)}"
    return "" if item.pushed else f"{item.type}, and no push"


def _log_lines(place: Place, terms: list[str], *, since: datetime) -> Iterator[Step]:
    """Lines of every log group of the stack that name the complaint, or a request that touched it."""
    logs = place.client("logs")
    seen: set[tuple[str, int, str]] = set()
    for log_group, term in product(place.names_of("AWS::Logs::LogGroup"), terms):
        pages = logs.get_paginator("filter_log_events").paginate(
            logGroupName=log_group, filterPattern=f'"{term}"', startTime=int(since.timestamp() * 1000)
        )
        for page in pages:
            for event in page["events"]:
                # A line that names several of the terms comes once for each.
                line = (log_group, event["timestamp"], event["message"])
                if line not in seen:
                    seen.add(line)
                    yield _line(event, log_group=log_group)


def _line(event: Mapping[str, Any], *, log_group: str) -> Step:
    message = event["message"].strip()
    try:
        said = json.loads(message)
    except ValueError:
        said = {}
    what, correlation_id, level = message, None, ""
    if isinstance(said, dict) and "message" in said:
        level = said.get("level", "")
        what = f"{level} {said['message']}".strip()
        correlation_id = said.get("correlation_id")
    return Step(
        at=datetime.fromtimestamp(event["timestamp"] / 1000, UTC),
        source=f"log {log_group.rpartition('/')[2].removeprefix('Functions')}"[:24],
        what=what,
        correlation_id=correlation_id,
        who="log",
        told=what if level in ("WARNING", "ERROR", "CRITICAL") else "",
    )
