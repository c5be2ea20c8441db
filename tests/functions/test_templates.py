"""Texts that a body keeps ready: made, ordered, switched off, deleted, its own alone, and gone with it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from functions.complaints.templates import TEMPLATES_MOST
from functions.records.agencies.departure import end_access
from functions.records.agencies.templates import TemplateItem, change_template, template_of
from tests.dynamodb import tables
from tests.functions.subscription_door import Door

TEXT = {
    "kk": "{number} өтініші орындалды.",
    "ru": "По обращению {number} сделано.",
    "en": "{number} is done.",
}


@pytest.fixture
def door() -> Iterator[Door]:
    with tables():
        yield Door()


def asked(door: Door, key: str, **said: Any) -> tuple[int, Any]:
    return door("POST", "templates", {"text": TEXT, **said}, idempotency_key=key)


def made(door: Door, key: str, **said: Any) -> dict[str, Any]:
    status, template = asked(door, key, **said)
    assert status == 201, template
    return dict(template)


def listed(door: Door, **more: Any) -> list[dict[str, Any]]:
    status, found = door("GET", "templates", **more)
    assert status == 200
    return list(found["items"])


def test_templates_are_listed_in_their_order(door: Door) -> None:
    last = made(door, "1", order=20, outcome="declined")
    first = made(door, "2", order=10, category="rubbish", outcome="resolved")
    assert last["id"] != first["id"]
    off = made(door, "3", order=30, enabled=False)
    assert listed(door) == [first, last, off]
    assert first == {
        "id": first["id"],
        "category": "rubbish",
        "outcome": "resolved",
        "text": TEXT,
        "order": 10,
        "enabled": True,
    }
    assert listed(door, agency_id="housing") == []


def test_what_is_sent_again_is_made_once(door: Door) -> None:
    assert made(door, "1") == made(door, "1")
    assert len(listed(door)) == 1
    status, problem = asked(door, "1", order=1)
    assert (status, problem["type"].rpartition("/")[2]) == (422, "idempotency-key-reused")


def test_what_is_left_out_of_a_change_stays(door: Door) -> None:
    template = made(door, "1", category="rubbish", order=3)
    at = f"templates/{template['id']}"
    _, changed = door("PATCH", at, {"enabled": False, "category": None})
    assert changed == template | {"enabled": False, "category": None}
    assert door("PATCH", at, {}) == (200, changed)
    assert listed(door) == [changed]


def test_what_was_changed_meanwhile_is_not_overwritten(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    template_id = made(door, "1")["id"]
    update = TemplateItem.update

    def late(item: TemplateItem, *args: Any, **more: Any) -> Any:
        monkeypatch.setattr(TemplateItem, "update", update)
        change_template(template_of("roads", template_id), {"order": 1}, now=datetime.now(UTC))
        return update(item, *args, **more)

    monkeypatch.setattr(TemplateItem, "update", late)
    status, problem = door("PATCH", f"templates/{template_id}", {"order": 2})
    assert (status, problem["key"]) == (409, "changed_meanwhile")
    assert listed(door)[0]["order"] == 1


def test_a_template_is_deleted_once_and_by_its_own_body(door: Door) -> None:
    at = f"templates/{made(door, '1')['id']}"
    for strange in ("templates/x", "templates/01JNZ5V2B8Q4M7T9XWYC3D6FGH"):
        assert door("DELETE", strange)[0] == 404
    assert door("DELETE", at, agency_id="housing")[0] == 404
    assert door("PATCH", at, {"order": 1}, agency_id="housing")[0] == 404
    assert door("DELETE", at)[0] == 204
    assert door("DELETE", at)[0] == 404
    assert door("PATCH", at, {"order": 1})[0] == 404


@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE"])
def test_whoever_may_not_manage_reads_them_alone(door: Door, method: str) -> None:
    template = made(door, "1")
    at = "templates" if method == "POST" else f"templates/{template['id']}"
    said = None if method == "DELETE" else {"text": TEXT}
    assert door(method, at, said, scopes="read write", idempotency_key="2")[0] == 403
    assert listed(door, scopes="read") == [template]


def test_there_are_so_many_and_no_more(door: Door) -> None:
    made(door, "1")
    (item,) = TemplateItem.query("agency#roads", TemplateItem.sk.startswith("template#"))
    with TemplateItem.batch_write() as batch:
        for number in range(TEMPLATES_MOST - 1):
            values = item.attribute_values | {"sk": f"template#{number:026d}", "id": f"{number:026d}"}
            batch.save(TemplateItem(**values))
    status, problem = asked(door, "2")
    assert (status, problem["key"]) == (409, "too_many_templates")
    assert len(listed(door)) == TEMPLATES_MOST


def test_a_body_that_leaves_takes_them_along(door: Door) -> None:
    made(door, "1")
    made(door, "2")
    now = datetime.now(UTC)
    assert end_access("roads", now=now).templates == 2
    assert listed(door) == []
    assert end_access("roads", now=now).templates == 0
