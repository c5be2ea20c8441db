"""Metrics are lines that CloudWatch understands, and say what happened."""

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
import time_machine

from functions.complaints.complaint import ActorKind, Status
from functions.complaints.events import Event, EventType
from functions.edge import metrics
from functions.notify.outbox.metrics import counted, report_told
from functions.notify.outbox.push import Outcome
from functions.records.outbox import Published
from functions.route.assignment.metrics import numbers, report, report_assignment
from tests.region_fixture import region

NOW = datetime(2026, 3, 3, 4, 5, 6, tzinfo=UTC)


def published(type: EventType, *, level: int = 0, at: datetime = NOW, **data: object) -> Published:
    return Published(
        event=Event(
            complaint_id="01ARZ3NDEKTSV4RRFFQ69G5FAV",
            seq=3,
            type=type,
            at=at,
            actor=ActorKind.SYSTEM,
            status=Status.ASSIGNED,
            data=data,
        ),
        visible=True,
        number="PVL-26-7K3M9",
        region="pavlodar",
        category="open_manhole",
        agency_id="city_housing",
        escalated_to=(),
        escalation_level=level,
        due_at=None,
        reporter="somebody",
        language="kk",
        joined=0,
        watch_round=1,
        started_watch=None,
        watch_at=None,
        correlation_id=None,
    )


def printed(capsys: pytest.CaptureFixture[str]) -> list[dict]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_line_is_one_that_cloudwatch_takes_metrics_from(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # As on Lambda, where Powertools would count by function.
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "assignment")
    with time_machine.travel(NOW, tick=False):
        metrics.emit({metrics.ASSIGNED: 1, metrics.ASSIGNMENT_DELAY: 2.5}, Agency="a", Category=None)
    (line,) = printed(capsys)
    assert line == {
        "_aws": {
            "Timestamp": 1772510706000,
            "CloudWatchMetrics": [
                {
                    "Namespace": metrics.NAMESPACE,
                    "Dimensions": [[]],
                    "Metrics": [
                        {"Name": "Assigned", "Unit": "Count"},
                        {"Name": "AssignmentDelay", "Unit": "Seconds"},
                    ],
                }
            ],
        },
        "Agency": "a",
        "Assigned": [1.0],
        "AssignmentDelay": [2.5],
    }


def test_what_nobody_reads_as_a_metric_is_said_in_the_form_of_one(capsys: pytest.CaptureFixture[str]) -> None:
    metrics.emit({metrics.ESCALATED: 1, metrics.ESCALATION_DELAY: 2.5}, Agency="a")
    metrics.emit({metrics.FORWARDED: 1, metrics.FORWARDED_LATE: 0}, Agency="a")
    escalated, forwarded = printed(capsys)
    (directive,) = escalated["_aws"]["CloudWatchMetrics"]
    assert [each["Name"] for each in directive["Metrics"]] == ["Escalated"]
    assert (escalated["EscalationDelay"], escalated["Agency"]) == ([2.5], "a")
    assert forwarded == {"Forwarded": [1.0], "ForwardedLate": [0.0], "Agency": "a"}


def test_lines_of_many_threads_stay_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is written in one piece, and says what its own event says."""
    written: list[str] = []
    monkeypatch.setattr(sys, "stdout", SimpleNamespace(write=written.append))
    with ThreadPoolExecutor(10) as pool:
        list(pool.map(lambda n: metrics.emit({metrics.TOLD: n}, Complaint=str(n)), range(1_000)))
    lines = [json.loads(text) for text in written if text.endswith("}\n")]
    assert len(lines) == len(written)
    assert sorted((line["Told"], line["Complaint"]) for line in lines) == sorted(
        ([float(n)], str(n)) for n in range(1_000)
    )


def test_an_event_that_counts_is_one_line_with_its_body_and_category(
    capsys: pytest.CaptureFixture[str],
) -> None:
    report(published(EventType.REFUTED), region=region())
    report(published(EventType.COMMENTED), region=region())
    (line,) = printed(capsys)
    assert (line["Refuted"], line["Agency"], line["Category"]) == ([1], "city_housing", "open_manhole")


@pytest.mark.parametrize(("said", "in_time"), [(True, 1), (False, 0)])
def test_an_answer_is_in_time_by_its_own_term_and_not_by_the_acknowledgements(
    said: bool, in_time: int
) -> None:
    event = published(EventType.ANSWERED, level=1, in_time=said)
    assert numbers(event) == {"Answered": 1, "AnsweredInTime": in_time}


@pytest.mark.parametrize(("said", "late"), [({"in_time": True}, 0), ({"in_time": False}, 1), ({}, 0)])
def test_what_is_passed_on_late_is_counted(said: dict[str, bool], late: int) -> None:
    assert numbers(published(EventType.TRANSFERRED, **said)) == {"Forwarded": 1, "ForwardedLate": late}


@pytest.mark.parametrize(("late_s", "late"), [(0, 0), (3, 0), (60, 0), (61, 1), (360, 1)])
def test_an_escalation_is_late_a_minute_after_it_could_first_be_known(late_s: int, late: int) -> None:
    event = published(
        EventType.ESCALATED,
        missed_at="2026-02-25T13:35:06.000Z",
        known_at="2026-03-03T04:05:06.000Z",
        at=NOW + timedelta(seconds=late_s),
    )
    assert numbers(event) == {"Escalated": 1, "EscalationDelay": late_s, "EscalatedLate": late}


@pytest.mark.parametrize(("after_s", "promptly"), [(0, 1), (120, 1), (121, 0)])
def test_an_assignment_is_prompt_until_the_sweep_would_have_to_make_it(
    after_s: int, promptly: int, capsys: pytest.CaptureFixture[str]
) -> None:
    report_assignment(published(EventType.SUBMITTED), region=region(), now=NOW + timedelta(seconds=after_s))
    (line,) = printed(capsys)
    assert (line["AssignmentDelay"], line["AssignedPromptly"]) == ([after_s], [promptly])


@pytest.mark.parametrize(("after_s", "late"), [(2, 0), (60, 0), (61, 1)])
def test_telling_is_late_a_minute_after_the_event(
    after_s: int, late: int, capsys: pytest.CaptureFixture[str]
) -> None:
    report_told(published(EventType.ASSIGNED), now=NOW + timedelta(seconds=after_s))
    (line,) = printed(capsys)
    assert (line["Told"], line["ToldLate"], line["TellingDelay"]) == ([1], [late], [after_s])


@pytest.mark.parametrize("outcome", list(Outcome))
def test_every_outcome_of_a_push_is_sent_failed_or_a_normal_end(
    outcome: Outcome, capsys: pytest.CaptureFixture[str]
) -> None:
    push = counted(lambda device, message: outcome)
    assert push(None, None) is outcome  # type: ignore[arg-type]
    lines = printed(capsys)
    match outcome:
        case Outcome.GONE:
            assert lines == []
        case Outcome.SENT:
            assert (lines[0]["PushSent"], lines[0]["PushFailed"]) == ([1], [0])
        case _:
            assert (lines[0]["PushSent"], lines[0]["PushFailed"]) == ([0], [1])
