import gc
from collections.abc import Iterator

import pytest

from functions.edge import cold_start


@pytest.fixture(autouse=True)
def _collector() -> Iterator[None]:
    assert gc.isenabled()
    yield
    gc.unfreeze()
    gc.enable()


def test_on_lambda_nothing_is_collected_until_the_set_up_has_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "function")
    cold_start.begin()
    assert not gc.isenabled()
    cold_start.end()
    assert gc.isenabled()
    assert gc.get_freeze_count()


def test_elsewhere_nothing_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_LAMBDA_FUNCTION_NAME", raising=False)
    cold_start.begin()
    assert gc.isenabled()
    cold_start.end()
    assert not gc.get_freeze_count()
