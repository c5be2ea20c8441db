"""`make citizen` and `make key` where nothing runs, and asked wrongly. What they hand out: tests/e2e/test_signing_in.py."""

import pytest

from infra.local import callers, emulator


@pytest.mark.parametrize("asked", [["citizen", "citizen-2"], ["key", "city_roads"]])
def test_where_nothing_runs_it_is_said_so(
    asked: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(emulator, "find", lambda: None)
    assert callers.main(asked) == 1
    printed = capsys.readouterr()
    assert (printed.out, printed.err) == ("", "Nothing runs here: `make up` first.\n")


@pytest.mark.parametrize("asked", [[], ["citizen"], ["key"], ["citizen", "A b"], ["citizen", "x'; rm -r ."]])
def test_what_cannot_be_asked_for_is_refused(asked: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        callers.main(asked)
    assert refused.value.code == 2
    assert capsys.readouterr().out == ""
