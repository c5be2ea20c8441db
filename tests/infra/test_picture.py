"""The picture of the dashboards is of these dashboards, and says what was measured."""

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import time_machine

from infra.local.drawing import UNMEASURED, Drawing, svg
from infra.local.measured import Measured, calculated, embedded, statistic
from infra.local.picture import PICTURE, dashboards, drawn, table

SVG = "{http://www.w3.org/2000/svg}"
SHARE = {
    "type": "metric",
    "x": 0,
    "y": 0,
    "width": 6,
    "height": 4,
    "properties": {
        "view": "singleValue",
        "title": "Answered in time, %",
        "metrics": [
            [{"label": "in time, %", "expression": "IF((FILL(w0,0))>=1, FILL(p,0)/(FILL(w0,0))*100, 0)"}],
            ["Qamqor/local", "AnsweredInTime", {"id": "p", "visible": False, "stat": "Sum"}],
            ["Qamqor/local", "Answered", {"id": "w0", "visible": False, "stat": "Sum"}],
        ],
    },
}


def graph(*metrics: list[object]) -> dict[str, object]:
    return SHARE | {"properties": {"view": "timeSeries", "title": "Lines", "metrics": list(metrics)}}


def found(**points: list[tuple[float, float]]) -> Measured:
    return Measured(points={("Qamqor/local", name): each for name, each in points.items()}, lines=())


def texts(document: str) -> list[str]:
    return [each.text or "" for each in ET.fromstring(document).iter(f"{SVG}text")]


def test_every_widget_of_the_definition_is_in_the_picture(local_assembly: Path) -> None:
    shown = texts(PICTURE.read_text())
    defined = dashboards(local_assembly)
    assert sorted(defined) == ["qamqor-local-business", "qamqor-local-technical"]
    titles = [each["properties"]["title"] for widgets in defined.values() for each in widgets]
    assert len(titles) >= 20
    assert [title for title in titles if title not in shown] == [], "run `python -m infra.local.picture`"
    assert set(defined) <= set(shown)


def test_a_share_is_calculated_over_the_whole_run() -> None:
    widget = drawn(SHARE, found(AnsweredInTime=[(1.0, 1.0), (9.0, 0.0)], Answered=[(1.0, 1.0), (9.0, 1.0)]))
    assert [each.points for each in widget.series] == [[(1.0, 50.0)]]
    assert "50" in texts(svg([Drawing(name="qamqor-local-business", widgets=[widget])]))


def test_a_line_has_a_point_for_each_bucket_in_which_something_was_measured() -> None:
    metric = ["Qamqor/local", "AssignmentDelay", {"label": "Maximum", "stat": "Maximum"}]
    widget = drawn(graph(metric), found(AssignmentDelay=[(100.0, 1.5), (101.0, 2.5), (112.0, 4.0)]))
    (line,) = widget.series
    assert (line.label, line.points) == ("Maximum", [(100.0, 2.5), (110.0, 4.0)])


def test_what_an_emulator_does_not_measure_is_said_to_be_so() -> None:
    throttles = ["AWS/Lambda", "Throttles", "FunctionName", "X", {"label": "IntakeApi", "stat": "Sum"}]
    widget = drawn(graph(throttles), found(Submitted=[(1.0, 1.0)]))
    assert UNMEASURED in texts(svg([Drawing(name="qamqor-local-technical", widgets=[widget])]))


def test_a_query_of_the_log_is_asked_of_the_lines() -> None:
    lines = (
        {"Category": "rubbish", "Submitted": [1.0]},
        {"Category": "rubbish", "Escalated": [1.0]},
        {"Category": "pothole", "Submitted": [1.0]},
        {"Submitted": [1.0]},
    )
    query = (
        "SOURCE 'x' | filter ispresent(Category)\n"
        "| stats sum(Submitted.0) as submitted, sum(Escalated.0) as escalated by Category\n"
        "| sort escalated desc"
    )
    answered = table(query, Measured(points={}, lines=lines))
    assert answered.head == ["category", "submitted", "escalated"]
    assert answered.rows == [["pothole", "1", "0"], ["rubbish", "1", "1"]]


def test_metrics_are_read_from_the_lines_that_functions_write(capsys: pytest.CaptureFixture[str]) -> None:
    from functions.edge.metrics import NAMESPACE, emit

    with time_machine.travel("2026-03-03T04:05:06Z", tick=False):
        emit({"Assigned": 1, "AssignmentDelay": 2.5})
    said = json.loads(capsys.readouterr().out)
    assert list(embedded(said)) == [
        ((NAMESPACE, "Assigned"), (1772510706.0, 1.0)),
        ((NAMESPACE, "AssignmentDelay"), (1772510706.0, 2.5)),
    ]


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("open/quota*100", 70.0),
        ("IF(FILL(none,-1)<0, IF(FILL(open,0)>0, 100, 0), 1)", 100.0),
        ("FILL(none,3)+1", 4.0),
        ("none+1", None),
    ],
)
def test_an_expression_is_counted_as_cloudwatch_counts_it(expression: str, value: float | None) -> None:
    assert calculated(expression, {"open": 7.0, "quota": 10.0, "none": None}) == value


def test_an_expression_that_is_not_understood_is_refused() -> None:
    with pytest.raises(ValueError, match="ANOMALY"):
        calculated("ANOMALY_DETECTION_BAND(m1)", {"m1": 1.0})


@pytest.mark.parametrize(
    ("name", "value"), [("Sum", 6), ("Average", 2), ("Maximum", 3), ("p50", 2), ("p99", 3)]
)
def test_a_statistic_is_of_all_values(name: str, value: float) -> None:
    assert statistic(name, [3.0, 1.0, 2.0]) == value
