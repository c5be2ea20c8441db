from collections.abc import Iterator

import pytest

from functions.records.store import ComplaintStore
from tests.dynamodb import tables


@pytest.fixture
def store() -> Iterator[ComplaintStore]:
    with tables():
        yield ComplaintStore(correlation_id=lambda: "corr-1")
