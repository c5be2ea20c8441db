"""A region whose calendar has run out: complaints go their whole way, bodies are told what is missing, operators too."""

import json
from collections.abc import Iterator
from copy import deepcopy
from datetime import timedelta
from pathlib import Path

import pytest

from tests.flow.test_whole_way import MONDAY, PLACE
from tests.flow.town import Town, town
from tests.region_fixture import RAW


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Town]:
    raw = deepcopy(RAW)
    raw["calendar"]["years"] = [MONDAY.year - 1]
    raw["terms"]["close_after_answer"] = "P5BD"
    with town(tmp_path, start=MONDAY, raw=raw) as built:
        yield built


def filed(here: Town) -> str:
    body = {"category": "rubbish", "comment": "Not collected.", "location": PLACE}
    complaint_id: str = here.citizen("POST", "/v1/complaints", body).body["id"]
    here.settle()
    return complaint_id


def test_a_missed_term_escalates_to_the_top_and_an_answer_closes(here: Town) -> None:
    missed, answered = filed(here), filed(here)
    done = {"outcome": "resolved", "text": "The rubbish was collected this morning."}
    assert here.agency("POST", f"/v1/agency/complaints/{answered}/answer", done).status == 200
    here.settle()
    here.move_clock(timedelta(days=70))
    assert [event for event in here.events(missed) if event == "escalated"] == ["escalated"] * 3
    assert here.events(answered)[-1] == "closed"
    shown = here.citizen("GET", f"/v1/complaints/{missed}").body
    assert f"the calendar of {MONDAY.year} is not known yet" in json.dumps(shown)


def test_an_extension_is_refused_with_the_year_that_is_missing(here: Town) -> None:
    complaint_id = filed(here)
    body = {"by": "P5BD", "reason": "The lorry is being repaired this week."}
    refused = here.agency("POST", f"/v1/agency/complaints/{complaint_id}/extend", body)
    assert refused.status == 422
    (error,) = refused.body["errors"]
    assert error["pointer"] == "/by"
    assert str(MONDAY.year) in error["detail"]


def test_the_sweep_names_the_year_in_a_metric_and_in_the_log(
    here: Town, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    here.on_schedule()
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith("{")]
    assert [line["CalendarYearMissing"] for line in lines if "CalendarYearMissing" in line] == [
        [float(MONDAY.year)]
    ]
    said = [record for record in caplog.records if "lacks a year" in record.message]
    assert [record.__dict__["year"] for record in said] == [MONDAY.year]
