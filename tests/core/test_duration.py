from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.complaints.duration import Duration, parse

DAY = 86_400

durations = st.one_of(
    st.builds(Duration, kind=st.just("clock"), amount=st.integers(1, 36_525 * DAY)),
    st.builds(Duration, kind=st.just("working_days"), amount=st.integers(1, 36_525)),
    st.builds(Duration, kind=st.just("working_hours"), amount=st.integers(1, 36_525 * 24)),
    st.builds(Duration, kind=st.just("months"), amount=st.integers(1, 1_200)),
)


@pytest.mark.parametrize(
    ("text", "kind", "amount", "canonical"),
    [
        ("PT4H", "clock", 4 * 3600, "PT4H"),
        ("PT90M", "clock", 90 * 60, "PT1H30M"),
        ("PT30S", "clock", 30, "PT30S"),
        ("P2D", "clock", 2 * DAY, "P2D"),
        ("PT24H", "clock", DAY, "P1D"),
        ("P1DT12H", "clock", DAY + 12 * 3600, "P1DT12H"),
        ("P1DT1H1M1S", "clock", DAY + 3661, "P1DT1H1M1S"),
        ("P15BD", "working_days", 15, "P15BD"),
        ("PT8BH", "working_hours", 8, "PT8BH"),
        ("P2M", "months", 2, "P2M"),
        ("PT2M", "clock", 120, "PT2M"),
        ("P007D", "clock", 7 * DAY, "P7D"),
    ],
)
def test_reads_every_form(text: str, kind: str, amount: int, canonical: str) -> None:
    duration = parse(text)
    assert (duration.kind, duration.amount) == (kind, amount)
    assert str(duration) == canonical
    assert Duration.parse(text) == duration


@pytest.mark.parametrize(
    "text",
    [
        *("", "P", "PT", "P1DT", "15BD", "P15BDT4H", "P8BH", "PT15BD", "P1Y", "P1W", "P1M2D", "PT1.5H"),
        *("-PT4H", "PT-4H", "pt4h", "P 2D", "PT4H ", "PT4H\n", "PT4H30", "PT٤H", "P1234567D", "P1MT2H"),
    ],
)
def test_refuses_what_is_not_a_duration_and_names_it(text: str) -> None:
    with pytest.raises(ValueError, match="duration") as refused:
        parse(text)
    assert repr(text) in str(refused.value)


@pytest.mark.parametrize("text", ["PT0S", "P0D", "P0BD", "PT0BH", "P0M", "P999999D", "P999999BD", "P9999M"])
def test_refuses_nothing_and_more_than_a_century(text: str) -> None:
    with pytest.raises(ValueError, match="between 1 and") as refused:
        parse(text)
    assert repr(text) in str(refused.value)


def test_refuses_an_unknown_kind() -> None:
    with pytest.raises(ValueError, match="kind"):
        Duration(kind="weeks", amount=1)  # type: ignore[arg-type]


@given(durations)
def test_text_and_back(duration: Duration) -> None:
    assert parse(str(duration)) == duration


@given(st.text(max_size=12) | st.from_regex(r"PT?[0-9]{0,3}B?[DHMSWY]?([0-9]{0,2}[HMS])?", fullmatch=True))
def test_any_text_is_a_duration_or_a_value_error(text: str) -> None:
    try:
        duration = parse(text)
    except ValueError:
        return
    assert parse(str(duration)) == duration


@given(durations)
def test_only_the_clock_has_a_length_by_itself(duration: Duration) -> None:
    if duration.kind == "clock":
        assert duration.elapsed == timedelta(seconds=duration.amount)
    else:
        with pytest.raises(ValueError, match="without a calendar"):
            _ = duration.elapsed
