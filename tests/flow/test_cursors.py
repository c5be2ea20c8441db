"""Each list that goes by pages takes the cursors that it gave, and no other: 422, whatever it is sent."""

import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from werkzeug.test import Client

from functions.complaints.clock import iso, utc_now
from tests.fuzz.gateway import AGENCY_ID
from tests.fuzz.town import PERSON, town
from tests.fuzz.wsgi import KEY
from tests.sweeps import draws

OWN, OVERDUE, INBOX = "/v1/complaints", "/v1/overdue", "/v1/notifications"
WORKLIST, CHANGES = "/v1/agency/complaints", "/v1/agency/changes"
DELIVERIES = "/v1/agency/subscriptions/{}/deliveries"
LISTS = (OWN, OVERDUE, INBOX, WORKLIST, CHANGES, DELIVERIES)
A_DAY = iso(utc_now() - timedelta(days=1))


@dataclass(frozen=True, kw_only=True)
class Lists:
    client: Client
    subscription: str

    def asked(self, where: str, **query: str) -> tuple[int, dict[str, Any]]:
        token = KEY if where.startswith("/v1/agency/") else PERSON
        answer = self.client.get(
            where.format(self.subscription), query_string=query, headers={"Authorization": f"Bearer {token}"}
        )
        return answer.status_code, json.loads(answer.data)


@pytest.fixture(scope="module")
def lists() -> Iterator[Lists]:
    with town() as made:
        yield Lists(client=Client(made.gateway), subscription=made.ids["id"][-1])


def encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def own_key(**more: str) -> Mapping[str, str]:
    return {"pk": "complaint#A", "sk": "complaint", "id": "A", "person": PERSON, **more}


def delivery_key(lists: Lists, **more: str) -> Mapping[str, str]:
    return {
        "pk": f"lane#{lists.subscription}#A",
        "sk": "event#1",
        "created": f"{A_DAY}#A#1",
        "subscription_id": lists.subscription,
        **more,
    }


def cursors(lists: Lists) -> dict[str, str]:
    """One of each list; those of the lists that have more than a page are its own."""
    keys = {
        OWN: own_key(),
        OVERDUE: {"overdue_since": f"{A_DAY}#A"},
        WORKLIST: {"urgency": "9999#1#A", "agency": AGENCY_ID},
    }
    keys[DELIVERIES] = delivery_key(lists)
    keys[INBOX] = {"sk": f"told#{A_DAY}#{'0' * 26}#000001", "person": PERSON}
    made = {where: encoded(json.dumps(key).encode()) for where, key in keys.items()}
    for where in LISTS:
        given_out = lists.asked(where, limit="1")[1]["cursor"]
        made[where] = given_out or made[where]
    return made


def test_each_list_goes_on_after_its_own_cursor_and_after_no_other(lists: Lists) -> None:
    made = cursors(lists)
    window = {"from": A_DAY}
    for where in LISTS:
        for of, cursor in made.items():
            query = {"cursor": cursor} | (window if where == DELIVERIES else {})
            status, said = lists.asked(where, **query)
            assert status == (200 if of == where else 422), (where, of)
            if status == 422:
                assert [(each["pointer"], each["key"]) for each in said["errors"]] == [
                    ("cursor", "wrong_form")
                ]


def test_a_cursor_of_somebody_elses_list_is_refused(lists: Lists) -> None:
    inbox = {"sk": f"told#{A_DAY}#{'0' * 26}#000001", "person": "person-2"}
    of_others = {
        OWN: json.dumps(dict(own_key(person="person-2"))),
        INBOX: json.dumps(inbox),
        WORKLIST: json.dumps({"urgency": "9999#1#A", "agency": "roads"}),
        CHANGES: "roads.0.0.0.0",
        DELIVERIES: json.dumps(dict(delivery_key(lists, subscription_id="0" * 26))),
    }
    for where, text in of_others.items():
        status, said = lists.asked(where, cursor=encoded(text.encode()))
        assert (status, [each["pointer"] for each in said["errors"]]) == (422, ["cursor"]), where


def test_a_cursor_that_was_cut_is_refused(lists: Lists) -> None:
    for where, cursor in cursors(lists).items():
        for end in range(1, len(cursor)):
            status, _ = lists.asked(where, cursor=cursor[:end])
            assert status == 422, (where, end)


NAMES = st.sampled_from(
    ["pk", "sk", "id", "person", "created", "subscription_id", "urgency", "overdue_since", "S", "N"]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(NAMES | st.text(max_size=5), inner, max_size=5)
    ),
    max_leaves=8,
)
TEXT = st.sampled_from(["#", "a", "complaint#A", "told#", A_DAY, "9999"]) | st.text(max_size=20)
FORGED = st.one_of(
    st.text(max_size=60),
    st.binary(max_size=60).map(encoded),
    JSON.map(lambda value: encoded(json.dumps(value).encode())),
    st.fixed_dictionaries({}, optional={name: TEXT | st.just({"S": "x"}) for name in ("pk", "sk", "id")}).map(
        lambda some: encoded(json.dumps(dict(own_key()) | some).encode())
    ),
    st.sampled_from(["urgency", "overdue_since"])
    .flatmap(lambda name: TEXT.map(lambda text: {name: text}))
    .map(lambda key: encoded(json.dumps(key).encode())),
    st.lists(st.integers(-1, 10**13) | st.just("²"), max_size=5).map(
        lambda numbers: encoded(".".join(map(str, numbers)).encode())
    ),
)


@given(where=st.sampled_from(LISTS), cursor=FORGED)
@example(where=CHANGES, cursor=encoded("².0.0.0".encode()))
@example(where=OWN, cursor=encoded(b'{"pk":"' + b"a" * 3000 + b'"}'))
@settings(max_examples=draws(gate=50, whole=500), deadline=None)
def test_what_is_made_up_is_refused_or_leads_somewhere_and_breaks_nothing(
    lists: Lists, where: str, cursor: str
) -> None:
    status, said = lists.asked(where, cursor=cursor)
    assert status in (200, 422), said
    if status == 422:
        assert [(each["pointer"], each["key"]) for each in said["errors"]] == [("cursor", "wrong_form")]


@given(
    lane=st.sampled_from(["lane#{}#A", "lane#x#A", "", "a"]),
    sk=st.sampled_from(["event#1", "event#2", "lane"]),
    created=st.sampled_from([f"{A_DAY}#A#1", f"{A_DAY}#A", A_DAY, "#A#1", "", "я#A#1"]),
)
@settings(max_examples=draws(gate=25, whole=200), deadline=None)
def test_a_list_of_deliveries_goes_on_after_what_can_be_one_of_it(
    lists: Lists, lane: str, sk: str, created: str
) -> None:
    pk = lane.format(lists.subscription)
    key = delivery_key(lists, pk=pk, sk=sk, created=created)
    is_one = key == delivery_key(lists)
    query = {"from": A_DAY, "cursor": encoded(json.dumps(key).encode())}
    assert lists.asked(DELIVERIES, **query)[0] == (200 if is_one else 422)
