import time
from threading import Event

import pytest

from functions.records import side_by_side as module
from functions.records.side_by_side import side_by_side


def test_a_processs_first_work_goes_ahead_of_what_is_done_beside_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_begun", Event())
    monkeypatch.setattr(module, "AHEAD_S", 30)
    told: list[str] = []

    def work(item: int) -> None:
        told.append(f"{item} begun")
        time.sleep(0.05)
        told.append(f"{item} done")

    side_by_side(work, range(4), most=4)
    assert told[:2] == ["0 begun", "0 done"]
    assert {each for each in told[2:5] if each.endswith("begun")} == {"1 begun", "2 begun", "3 begun"}


def test_the_others_wait_but_a_moment_for_a_first_that_is_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_begun", Event())
    monkeypatch.setattr(module, "AHEAD_S", 0.01)
    others = Event()

    def work(item: int) -> bool:
        if item:
            others.set()
        return others.wait(timeout=30)

    assert side_by_side(work, range(2), most=2) == [True, True]


def test_all_are_done_before_what_one_of_them_raised_is_raised() -> None:
    done: list[int] = []

    def work(item: int) -> None:
        if item == 0:
            raise RuntimeError("planted")
        time.sleep(0.01)
        done.append(item)

    with pytest.raises(RuntimeError, match="planted"):
        side_by_side(work, range(8), most=2)
    assert sorted(done) == list(range(1, 8))
