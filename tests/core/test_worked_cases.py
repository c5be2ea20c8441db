"""The table of deadlines worked out by hand: tests/core/worked_cases.yaml."""

from dataclasses import replace
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml

from functions.complaints.calendar import Calendar, CalendarYearMissing
from functions.complaints.deadlines import (
    Deadline,
    DeadlineLimitExceeded,
    due,
    extend,
    near,
    recompute,
)
from functions.complaints.duration import Duration
from functions.complaints.moves import agency
from functions.complaints.moves.assignment import assign
from functions.complaints.moves.filing import Draft, file
from tests.core.official_days import OFFICIAL, kurban_ait_on
from tests.core.story import HOUSING
from tests.region_fixture import RAW, WEST, region

CASES: list[dict[str, Any]] = yaml.safe_load(
    Path(__file__).with_name("worked_cases.yaml").read_text(encoding="utf-8")
)
KEYS = {
    *("name", "why", "received", "received_utc", "term", "count_from", "weekend", "hours", "short_days"),
    *("kurban_ait_estimate", "expect", "expect_utc", "missing_year", "registered", "skipped", "moved"),
    *("estimated", "short_day", "extend", "forward", "recompute", "transfer", "escalate", "near"),
}


def wall(text: str) -> datetime:
    """The instant that a clock in Pavlodar shows as `text`."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Asia/Almaty")).astimezone(UTC)


def calendar_of(case: dict[str, Any]) -> Calendar:
    calendar = OFFICIAL
    if "kurban_ait_estimate" in case:
        calendar = kurban_ait_on(case["kurban_ait_estimate"], estimated=True)
    calendar = replace(
        calendar,
        count_from=case.get("count_from", "next_day"),
        weekend=tuple(case.get("weekend", (5, 6))),
        short_days={day: time.fromisoformat(at) for day, at in case.get("short_days", {}).items()},
    )
    return calendar.with_hours_from(case["hours"]) if "hours" in case else calendar


def first_deadline(case: dict[str, Any], calendar: Calendar) -> Deadline:
    if "forward" in case:
        three = Duration(kind="working_days", amount=3)
        return due(three, received_at=wall(case["forward"]), calendar=calendar)
    return due(Duration.parse(case["term"]), received_at=received_at(case), calendar=calendar)


def received_at(case: dict[str, Any]) -> datetime:
    if "received_utc" in case:
        return datetime.fromisoformat(case["received_utc"])
    return wall(case["received"])


def dates(days: Any) -> list[date]:
    return [day.date if hasattr(day, "date") else day for day in days]


def test_the_table_is_large_and_names_each_case_once() -> None:
    assert len(CASES) >= 40
    assert len({case["name"] for case in CASES}) == len(CASES)
    assert all(case["why"] and set(case) <= KEYS for case in CASES), "a key that no check reads"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_worked_case(case: dict[str, Any]) -> None:
    calendar = calendar_of(case)
    if "missing_year" in case:
        with pytest.raises(CalendarYearMissing) as missing:
            first_deadline(case, calendar)
        assert missing.value.year == case["missing_year"]
        return

    deadline = first_deadline(case, calendar)

    assert deadline.at == wall(case["expect"])
    if "expect_utc" in case:
        assert deadline.at == datetime.fromisoformat(case["expect_utc"])
    if "registered" in case:
        assert calendar.local(deadline.registered_at).date() == case["registered"]
        assert deadline.counted_from == case["registered"]
    if "skipped" in case:
        assert dates(deadline.skipped) == case["skipped"]
    if "moved" in case:
        assert list(deadline.moved) == case["moved"]
    if "estimated" in case:
        assert deadline.estimated is case["estimated"]
    if "short_day" in case:
        assert deadline.short_day is case["short_day"]
    if "near" in case:
        assert near(deadline, received_at(case)) == wall(case["near"])
    if "recompute" in case:
        _check_recompute(deadline, case["recompute"])
    if "escalate" in case:
        _check_escalation(deadline, case["escalate"], calendar)
    if case.get("transfer"):
        _check_transfer(deadline, case)
    for extension in case.get("extend", ()):
        deadline = _check_extension(deadline, extension, received_at(case), calendar)


def _check_recompute(deadline: Deadline, change: dict[str, Any]) -> None:
    new = recompute(deadline, kurban_ait_on(change["kurban_ait"]))
    assert new.at == wall(change["expect"])
    assert new.estimated is change["estimated"]
    stored = deadline.explanation().to_dict()
    assert recompute(stored, kurban_ait_on(change["kurban_ait"])) == new


def _check_escalation(missed: Deadline, level: dict[str, Any], calendar: Calendar) -> None:
    given = due(Duration.parse(level["term"]), received_at=missed.at, calendar=calendar)
    assert given.at == wall(level["expect"])


def _check_transfer(promised: Deadline, case: dict[str, Any]) -> None:
    """By the real move, to a body whose own hours would end the term earlier."""
    shorter = {"opens": "08:00", "closes": "17:00"}
    agencies = RAW["agencies"] | {"roads": RAW["agencies"]["roads"] | {"hours": shorter}}
    category = RAW["categories"]["rubbish"] | {"answer_within": case["term"]}
    here = region(
        calendar=OFFICIAL.to_dict(), agencies=agencies, categories=RAW["categories"] | {"rubbish": category}
    )
    other = here.calendar_of("roads").add(promised.duration, promised.received_at)
    assert other < promised.at, "the other body's term differs"
    draft = Draft(category="rubbish", comment="x", lat=WEST[0], lon=WEST[1])
    filed = file(draft, region=here, reporter="person", now=promised.received_at).after
    before = assign(filed, region=here, now=promised.received_at).after
    passed_on = agency.transfer(
        before, by=HOUSING, to="roads", reason="Theirs.", region=here, now=promised.received_at
    )
    assert passed_on is not None
    after = passed_on.after
    assert (after.agency_id, after.due_at) == ("roads", promised.at)
    assert after.promise == before.promise
    assert after.near_at is not None
    assert here.calendar_of("roads").next_opening(after.near_at) == after.near_at


def _check_extension(
    deadline: Deadline, extension: dict[str, Any], received: datetime, calendar: Calendar
) -> Deadline:
    def extended() -> Deadline:
        return extend(
            deadline,
            by=Duration.parse(extension["by"]),
            received_at=received,
            calendar=calendar,
        )

    if "refused_after" in extension:
        with pytest.raises(DeadlineLimitExceeded) as refused:
            extended()
        assert refused.value.latest == wall(extension["refused_after"])
        return deadline
    new = extended()
    assert new.at == wall(extension["expect"])
    if "skipped" in extension:
        assert dates(new.skipped) == extension["skipped"]
    assert new.extended_from == deadline.at
    assert recompute(new, calendar) == new
    return new
