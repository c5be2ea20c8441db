"""Nobody but a body in charge is ever given the address of a photo as it is: swept over every answer of a life, whoever
asked, and over all that is sent out."""

import json
import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from functions.complaints.complaint import Role
from functions.intake.redaction.areas import Area
from functions.intake.redaction.bucket import CopiesBucket
from functions.intake.redaction.copying import PublicCopy, copied
from functions.intake.redaction.redacting import Redacting
from functions.records.agencies.officers import caller_with_claims
from functions.records.store import ComplaintStore
from infra.local.receiver import Receiver
from tests.flow.test_canary import sent
from tests.flow.test_who_sees import OFFICER, Read, _live
from tests.flow.test_whole_way import MONDAY, _subscribed
from tests.flow.town import BUCKET, Reply, Town, _scan, client, town
from tests.region_fixture import RAW

CLEAR = re.compile(r"\bphotos/[0-9A-Z]{26}/[0-9A-Z]{26}\.")
"""However the address goes on; a route's path has no two ids there."""
COPY = re.compile(r"\bpublic/[0-9A-Z]{26}/[0-9A-Z]{26}\.[0-9]+\.")


@dataclass(kw_only=True)
class Swept:
    """`clear` are the answers with a photo's own address, `copies` those with a copy's: who asked, and for what. `wrong` of
    the first went to whom the complaint was not with."""

    answers: int = 0
    clear: list[tuple[str, str]] = field(default_factory=list)
    copies: list[tuple[str, str]] = field(default_factory=list)
    wrong: list[tuple[str, str]] = field(default_factory=list)
    made: set[str] = field(default_factory=set)
    left: set[str] = field(default_factory=set)
    told: str = ""


@pytest.fixture(scope="module")
def swept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Swept]:
    raw = deepcopy(RAW)
    raw["withdrawal"] = {"with_joiners": "ends"}
    raw["categories"]["open_manhole"]["questions"] = [
        {"id": "since", "text": raw["name"], "kind": "text", "required": False, "choices": []}
    ]
    folder: Path = tmp_path_factory.mktemp("town")
    found = Swept()
    with pytest.MonkeyPatch.context() as patch:
        _record(patch, found)
        with town(folder, start=MONDAY, raw=raw) as here, Receiver() as receiver, sent() as messages:
            _subscribed(here, receiver, agency_id="roads")
            caller_with_claims(OFFICER, agency_id="roads", role=Role.OFFICER, name=None, now=here.now)
            _live(here, Read())
            _redacted(here, found)
            found.left = {key for key in _keys() if key.startswith("public/")}
            got = [receiver.received.get(timeout=1) for _ in range(receiver.received.qsize())]
            kept = [list(_scan(table)) for table in ("people", "deliveries")]
            found.told = f"{[each.data for each in got]} {messages} {kept}"
        yield found


def _record(patch: pytest.MonkeyPatch, found: Swept) -> None:
    call, upload = Town._call, Town.upload

    def recorded(self: Town, part: str, method: str, path: str, body: Any, **asked: Any) -> Reply:
        reply = call(self, part, method, path, body, **asked)
        who = asked["authorizer"].get("lambda", {}).get("agency_id")
        said = json.dumps(reply.body)
        found.answers += 1
        asks = (who or part, f"{method} {path}")
        if COPY.search(said):
            found.copies.append(asks)
        if CLEAR.search(said):
            found.clear.append(asks)
            ids = {each.group().split("/")[1] for each in CLEAR.finditer(said)}
            if not all(who in ComplaintStore().get(each).in_charge for each in ids):
                found.wrong.append(asks)
        return reply

    def uploaded(self: Town, photo: bytes, declared: Any) -> None:
        upload(self, photo, declared)
        _redacted(self, found)

    patch.setattr(Town, "_call", recorded)
    patch.setattr(Town, "upload", uploaded)


def _redacted(here: Town, found: Swept) -> None:
    """What the function is called for; what the detector sees, other tests say."""

    def sees(picture: Image.Image) -> list[Area]:
        return [Area(0, 0, picture.width / 2, picture.height / 2)]

    def copy(photo: bytes, boxes: Any) -> PublicCopy:
        return copied(photo, boxes=boxes, detect=sees)

    redacting = Redacting(
        store=ComplaintStore(), bucket=CopiesBucket(name=BUCKET), copied=copy, now=lambda: here.now
    )
    for key in sorted(_keys()):
        if key.startswith("redact/"):
            redacting.asked(key)
        elif key.startswith("photos/"):
            redacting.landed(key)
    here.settle()
    found.made |= {key for key in _keys() if key.startswith("public/")}


def _keys() -> set[str]:
    return {each["Key"] for each in client("s3").list_objects_v2(Bucket=BUCKET).get("Contents", [])}


def test_a_photos_own_address_is_given_to_no_one_but_a_body_that_the_complaint_is_with(swept: Swept) -> None:
    assert swept.answers > 40
    assert swept.clear
    assert swept.wrong == []


def test_others_are_given_the_copys(swept: Swept) -> None:
    assert any(who == "intake" for who, _ in swept.copies)


def test_what_is_sent_out_has_no_address_of_a_photo(swept: Swept) -> None:
    assert not CLEAR.search(swept.told)


def test_of_a_life_that_was_taken_back_no_copy_is_left(swept: Swept) -> None:
    assert swept.made
    assert swept.left == set()
