"""The town that the desk is shown in: Pavlodar's region file, and complaints of every sort an officer meets."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from infra.local.citizen import declaration
from infra.local.story import photograph
from infra.region import load_region_file
from tests.flow.town import Town, town

BODY: Final = "city_housing"
ABOVE: Final = "city_akimat"
PLACE: Final = {"lat": 52.2873, "lon": 76.9674, "address": "Лермонтов көшесі, 44"}
MARKUP: Final = (
    "<img src=x onerror=\"document.title='run'\"> <b>люк</b> & {{7*7}} ${7*7} </textarea><script>1</script>"
)


@dataclass(frozen=True, kw_only=True)
class Settled:
    """The town, and its complaints by what they are there for."""

    town: Town
    ids: dict[str, str]


@contextmanager
def settled(folder: Path, *, base_map: Mapping[str, str] | None = None) -> Iterator[Settled]:
    """From a while ago up to this moment; from then on its clock goes as everybody's. `base_map` is as a region file has
    one.
    """
    start = datetime.now(UTC) - timedelta(hours=6)
    raw = json.loads(load_region_file("pavlodar").compiled) | {"stage": "local", "base_map": base_map}
    with town(folder, start=start, raw=raw) as here:
        here.twice = 0
        ids = {
            "escalated": file(
                here, "open_manhole", "Открытый люк у школы № 5, дети обходят по дороге.", photos=1
            ),
            "leak": file(here, "water_leak", "Со вчерашнего вечера течёт по двору.", photos=1),
        }
        here.move_clock(timedelta(hours=5))
        ids |= {
            "manhole": file(here, "open_manhole", "Люк ашық тұр, қақпағы жоқ.", photos=1),
            "markup": file(here, "street_light", MARKUP),
            "rubbish": file(here, "rubbish", "Үш күннен бері қоқыс шығарылмады.", photos=1),
            "dump": file(here, "illegal_dump", "Свалка за гаражами растёт каждую неделю.", who="daniyar"),
        }
        here.move_clock(timedelta(hours=1))
        here.clock.move_to(datetime.now(UTC), tick=True)
        yield Settled(town=here, ids=ids)


def file(
    here: Town,
    category: str,
    comment: str,
    *,
    photos: int = 0,
    who: str = "aigerim",
    place: Mapping[str, Any] = PLACE,
) -> str:
    """Its id, once it is with its body."""
    photo = photograph()
    body: dict[str, Any] = {
        "category": category,
        "comment": comment,
        "location": place,
        "photos": [declaration(photo)] * photos,
    }
    filed = here.citizen("POST", "/v1/complaints", body, who=who)
    assert filed.status == 201, filed.body
    here.settle()
    for upload in filed.body["uploads"]:
        here.upload(photo, upload)
    return str(filed.body["id"])


def file_many(here: Town, category: str, *, count: int) -> None:
    """Each by somebody else; with their body at once."""
    for number in range(count):
        body = {"category": category, "comment": f"№ {number}", "location": PLACE}
        assert here.citizen("POST", "/v1/complaints", body, who=f"person-{number}").status == 201
    here.settle()
