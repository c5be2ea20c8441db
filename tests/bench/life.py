"""One complaint from the photo to its confirmed answer, with everybody told: what it asks of AWS, counted."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

from functions.records import tables as records
from infra.local.citizen import declaration
from infra.local.receiver import Receiver
from infra.local.story import photograph
from tests.bench.units import Counter, Spent, counting
from tests.flow.town import Town, town
from tests.region_fixture import WEST

# A Monday without holidays near it, ten in the morning in Kazakhstan: the agency is open.
MONDAY: Final = datetime(2026, 6, 1, 5, 0, tzinfo=UTC)


def counted_life() -> Sequence[Spent]:
    """Filed with one photo, assigned, acknowledged, answered in time, confirmed; one phone, one webhook.

    The containers are warm: another complaint went this way just before.
    """
    # Into which part of a body's feed a complaint falls is chance, and a part's first entry takes a request more.
    one_part = patch.object(records, "SHARDS", 1)
    with _town() as here, Receiver() as receiver, counting() as counter, one_part:
        here.twice = 0
        _subscribed(here, receiver)
        phone = {"platform": "fcm", "token": "a-phone-token"}
        assert here.citizen("PUT", "/v1/devices/phone", phone).status < 300
        for name, module in here.handlers.items():
            module.handler = _counted(name, module.handler, counter)  # type: ignore[attr-defined]
        _live(here)
        warm = len(counter.spent)
        _live(here)
        assert receiver.refused == 0
        return counter.spent[warm:]


def _live(here: Town) -> None:
    photo = photograph()
    body = {
        "category": "rubbish",
        "comment": "Көшеде қоқыс жатыр, бір аптадан бері алып кетпейді",
        "location": {"lat": WEST[0], "lon": WEST[1]},
        "photos": [declaration(photo)],
    }
    filed = here.citizen("POST", "/v1/complaints", body)
    assert filed.status == 201, filed.body
    here.settle()
    here.upload(photo, filed.body["uploads"][0])
    path = f"/v1/agency/complaints/{filed.body['id']}"
    # Within the minutes for which a container believes what it knows of an agency.
    here.move_clock(timedelta(seconds=2))
    assert here.agency("POST", f"{path}/acknowledge").status == 200
    here.settle()
    answer = {"outcome": "resolved", "text": "Collected this morning."}
    assert here.agency("POST", f"{path}/answer", answer).status == 200
    here.settle()
    assert here.citizen("POST", f"/v1/complaints/{filed.body['id']}/confirm").status == 200
    here.settle()
    assert here.events(filed.body["id"])[-1] == "closed"


def _counted(name: str, handler: Callable[..., Any], counter: Counter) -> Callable[..., Any]:
    def counted(event: Any, context: Any) -> Any:
        counter.by = name
        try:
            return handler(event, context)
        finally:
            counter.by = None

    return counted


@contextmanager
def _town() -> Iterator[Town]:
    with (
        redirect_stdout(StringIO()),
        tempfile.TemporaryDirectory() as folder,
        town(Path(folder), start=MONDAY) as here,
    ):
        yield here


def _subscribed(here: Town, receiver: Receiver) -> None:
    from functions.notify.webhooks.endpoints import DynamoEndpoints, endpoint_of, proven
    from functions.notify.webhooks.signature import new_secret
    from functions.records.agencies.subscriptions import new_subscription

    receiver.secret = new_secret()
    subscription = new_subscription(
        "housing", url=receiver.url, types=("complaint.*",), secret=receiver.secret, active=True, now=here.now
    )
    # As one that has echoed its challenge; the first answer of another would cost four requests more.
    DynamoEndpoints().change(endpoint_of(subscription), proven)
