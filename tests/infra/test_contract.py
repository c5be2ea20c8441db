"""What clients were promised: the document that is made of the code says what was said before it was."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from functions.complaints.events import TOLD, EventType
from infra.packaging.openapi import document
from infra.packaging.openapi.webhooks import OF_PARTNERS
from tests.infra.openapi_facts import facts
from tests.region_fixture import region

BEFORE = Path(__file__).with_name("contract") / "openapi.json"
SHOWN = ("GET /v1/complaints/{id}", "GET /v1/agency/complaints/{id}")
NEW_EVENTS = (
    *(EventType.LEFT, EventType.LEFT_TO_JOINERS, EventType.MERGED, EventType.ABSORBED),
    *(EventType.INSTRUCTED, EventType.REASSIGNED, EventType.RECATEGORISED, EventType.RELOCATED),
    *(EventType.HIDDEN, EventType.UNHIDDEN, EventType.FLAGGED, EventType.PHOTO_REDACTED),
)
NEW_422 = (
    *("headers", "content"),
    *(
        f"application/problem+json {fact}"
        for fact in (
            *(
                "/ required",
                "/ type",
                "/type enum",
                "/title type",
                "/status enum",
                "/detail type",
                "/instance type",
            ),
            *("/errors type", "/errors minItems", "/errors/[] type", "/errors/[] required"),
            *("/errors/[]/pointer type", "/errors/[]/detail type"),
        )
    ),
)
MAKING_SECRETS = (
    *("POST /v1/agency/keys", "POST /v1/agency/keys/{key_id}/rotate", "POST /v1/agency/subscriptions"),
    "POST /v1/agency/subscriptions/{id}/rotate-secret",
)
BY_GATEWAY = tuple(f"application/json {fact}" for fact in ("/ type", "/ required", "/message type"))
CHANGED: dict[str, str] = {
    **{
        f"{route} {fact}": "the history goes by pages: an answer has its newest steps, and a cursor to those before"
        for route in SHOWN
        for fact in (
            *("query cursor / type", "query cursor required", "query limit / type", "query limit required"),
            *("query limit / minimum", "query limit / maximum"),
            *("200 application/json / required", "200 application/json /cursor type"),
            "200 application/json /cursor null",
        )
    },
    **{
        f"{route} 422 {fact}": "what is no cursor and no limit is refused"
        for route in SHOWN
        for fact in NEW_422
    },
    "/answer body /outcome enum": "was not said; the core judges it as it did, and has words of its own for `not_ours`",
    "/answer body /outcome type": "goes with that",
    **dict.fromkeys(
        (
            *(f"{status} {fact}" for status in ("413", "500", "503") for fact in ("content", *BY_GATEWAY)),
            *("504 headers", "504 content", "504 text/html / type", "403 text/html / type"),
            *(
                f"{status} {fact}"
                for status, body in (("403", "application/json / required"), ("502", "text/html / type"))
                for fact in ("headers", "content", body)
            ),
        ),
        "was not said: gateway and firewall answered so all the same",
    ),
    **dict.fromkeys(
        (
            *(f"/v1/agency/subscriptions{end} security" for end in ("", "/{id}", "/{id}/deliveries")),
            *("/{delivery_id} security", "/{delivery_id}/replay security"),
            *(
                f"/v1/agency/subscriptions/{{id}}/{verb} security"
                for verb in ("pause", "resume", "test", "verify")
            ),
            *(f"/v1/agency/subscriptions/{{id}}/{verb} security" for verb in ("replay", "rotate-secret")),
        ),
        "partners subscribe as bodies do, with keys of their own",
    ),
    "POST /v1/agency/keys body /name pattern": "a name of which nothing is seen names no key",
    **dict.fromkeys(
        ("GET /v1/agencies 200 application/json /items/[] required", "/items/[]/kind type"),
        "what sort of body it is stood in the region file, and nobody was told",
    ),
    "POST /v1/complaints body /photos maxItems": "is the region's limit; what was more, a category refused all the same",
    "415 headers": "names the coding to send a body in too, as a compressed one is refused",
    "path id / pattern": "was an id alone, and is a number too, in every spelling that people type",
    "path key_id / pattern": "was not said; what no key can be called was not found before, after a read",
    "path delivery_id / maxLength": "the same of deliveries",
    **dict.fromkeys(
        (
            *("path id / maxLength", "path key_id / maxLength", "path device_id / maxLength"),
            *("/photos/[] pattern", "/photos/[] maxLength", "/sha256 maxLength", "/bin maxLength"),
            *("/quiet_hours/from maxLength", "/quiet_hours/to maxLength", "query category / maxLength"),
            *("query cursor / pattern", "query cursor / maxLength", "query status / pattern"),
        ),
        "was not said: what is longer or of another form was refused, or not found, all the same",
    ),
    **dict.fromkeys(
        (
            *("query from / maxLength", "query to / maxLength", "/from maxLength", "/to maxLength"),
            *(
                "/expires_at maxLength",
                "/written_at maxLength",
                "/until maxLength",
                "query status / maxLength",
            ),
        ),
        "was not limited: an instant with more than 14 digits of a second, a list that names its states over and over",
    ),
    **dict.fromkeys(
        (
            *("429 content", "429 headers", "429 application/json |0 type"),
            *("429 application/json |0 required", "429 application/json |0/message type"),
        ),
        "was not said: API Gateway refuses by itself what is too much for all callers together",
    ),
    **dict.fromkeys(
        (
            *("403 application/json / type", "403 application/json /message type"),
            *(f"403 application/json |0{fact}" for fact in (" type", " required", "/message type")),
            *(
                f"{status} application/json |1{fact}"
                for status in ("403", "429")
                for fact in (
                    " type",
                    " required",
                    "/type enum",
                    "/title type",
                    "/status enum",
                    "/detail type",
                )
            ),
            *(f"403 application/json {fact}" for fact in ("/type enum", "/title type", "/status enum")),
            "403 application/json /detail type",
        ),
        "the firewall answers in JSON where it answered in HTML",
    ),
    **dict.fromkeys(
        (
            "POST /v1/complaints body / required",
            "POST /v1/complaints body /comment minLength",
            "POST /v1/complaints body /comment pattern",
        ),
        "asks for less: place and photo are enough, and what comes without a category a body sorts",
    ),
    "/key enum": "there are three more: what one side may add, declare in vain, or refute has an end",
    "/possible/[] enum": "has more words: a part ends with its whole, whoever joined leaves, a reporter leaves it to them, "
    "it ends with the last of them, two are merged, a body above gives it down, what is reported is put right, what was a "
    "body's that is no more is handed over, a body gives it to one of its officers, it is taken from the public and given "
    "back, and what is hidden in a photo is said",
    **dict.fromkeys(
        ("/transfer_to type", "/transfer_to/[] type", "/instruct_to type", "/instruct_to/[] type"),
        "was not said: to whom it can be given",
    ),
    **dict.fromkeys(
        ("/errors/[]/choices type", "/errors/[]/choices/[] type"),
        "was in the sentence: what can be sent, for programs, and the sentence has the names",
    ),
    "/error enum": "was any text; the keys were these",
    "/error type": "goes with that",
    **dict.fromkeys(
        (
            *("/removed/texts type", "/removed/places type", "/removed/texts minimum"),
            *("/removed/places minimum", "application/json /removed required"),
        ),
        "says more of what was removed: what the person wrote, and exact places",
    ),
    "GET /v1/complaints/{id} 200 application/json /joined_by_me type": "whoever joined sees less, and is told so",
    **{
        f"GET /v1/complaints/nearby 200 application/json /items/[]{fact}": "says more, to judge whether it is the same"
        for fact in (" required", "/category type", "/category_name type")
    },
    **dict.fromkeys(
        (
            *("/items/[]/type enum", "/events/[]/type enum", "/timeline/[]/type enum"),
            *("/types maxItems", "/types/[] enum"),
            *(f"webhook {event} /type enum" for event in TOLD if event not in NEW_EVENTS),
        ),
        "has more words: somebody who had joined left, a reporter left it to those who had, two were merged, a body above "
        "gave it down, what was reported was put right, what a body had that is no more is another's, a body gave it to "
        "one of its officers, it was taken from the public or given back, flagged, or a photo has its public copy",
    ),
    **dict.fromkeys(
        (
            *("/missed enum", "/missed null", "/missed_by type", "/missed_by null", "/missed_by required"),
            *("/missed_by/id type", "/missed_by/name type"),
            *(
                f"/{instant} {fact}"
                for instant in ("missed_at", "had_since")
                for fact in ("type", "format", "pattern", "null")
            ),
            "GET /v1/overdue 200 application/json /items/[] required",
        ),
        "was not said: what became of a term that passed, with which body, and since when that one had it",
    ),
    **dict.fromkeys(
        ("/again_of type", "/again_of maxLength", "/again_of pattern", "/again_of null"),
        "is new: what was closed can be reported again, and shows of what it is",
    ),
    **dict.fromkeys(
        ("GET /v1/agency/complaints/{id} 200 application/json /left type", "/left null"),
        "was not said: how much open time is left of the term",
    ),
    **dict.fromkeys(
        ("/merged_into type", "/merged_into pattern", "/merged_into null"),
        "is new: as which it is dealt with",
    ),
    **dict.fromkeys(
        (
            *(
                "/photos/[] required",
                "/photos/[]/proof null",
                "/photos/[]/proof required",
                "/photos/[]/proof type",
            ),
            *(f"/photos/[]/proof/{fact} enum" for fact in ("distance", "taken", "reused")),
            *("/photos/[]/proof/reused null", "/photos/[]/proof/text type"),
        ),
        "was not said: what was found of a body's photo; always there, as null for a citizen's",
    ),
    **dict.fromkeys(
        (
            *("/waits_for required", "/waits_for type", "/waits_for/text type"),
            *(
                f"/waits_for/agency{fact}"
                for fact in (" null", " required", " type", "/id type", "/name type")
            ),
            *(f"/waits_for/photos{fact}" for fact in (" type", "/[] type", "/[] pattern")),
            *(f"/waits_for/until {fact}" for fact in ("format", "pattern", "type")),
        ),
        "was not said: until when photos are waited for, and whose the complaint will be then",
    ),
    **dict.fromkeys(
        (
            *("GET /v1/complaints/{id}/appeal 409 headers", "GET /v1/complaints/{id}/appeal 409 content"),
            *(
                f"GET /v1/complaints/{{id}}/appeal 409 application/problem+json {fact}"
                for fact in (
                    *(
                        "/ required",
                        "/ type",
                        "/detail type",
                        "/instance type",
                        "/possible type",
                        "/status enum",
                    ),
                    *("/possible/[] type", "/state type", "/title type", "/type enum"),
                )
            ),
        ),
        "an appeal before its time said that there was no such thing",
    ),
    "/data/why enum": "was not said; why it goes on elsewhere by itself, where it does",
    **{
        f"GET /v1/{what} {fact}": "what is kept need not be sent again"
        for what in ("categories", "agencies")
        for fact in (
            *("200 headers", "304 content", "304 headers"),
            *("header if-none-match / type", "header if-none-match required"),
        )
    },
    **{
        f"GET /v1/categories 200 application/json {fact}": "categories say in which group and order they are shown, with "
        "which picture and to whom"
        for fact in (
            *("/ required", "/groups type", "/items/[] required"),
            *(f"/groups/[]{fact}" for fact in (" type", " required", "/id type", "/name type")),
            *("/groups/[]/order type", "/groups/[]/order minimum", "/items/[]/order minimum"),
            *(f"/items/[]/{field} type" for field in ("group", "icon", "order", "for_whom")),
            "/items/[]/for_whom/[] enum",
        )
    },
    "PUT /v1/devices/{device_id} body /language enum": "a phone may name the language that it is written to in",
    **dict.fromkeys(
        (
            *(f"/verification{fact}" for fact in (" required", " type", "/verified type")),
            *(f"/verification/attempts {fact}" for fact in ("type", "minimum")),
            *(
                f"/verification/{name} {fact}"
                for name in ("latency_ms", "status")
                for fact in ("type", "null")
            ),
            *(f"/verification/verify {fact}" for fact in ("type", "null")),
            "/verification/error null",
            *(
                f"/verification/{name} {fact}"
                for name in ("at", "next_attempt_at")
                for fact in ("type", "format", "pattern", "null")
            ),
            "GET /v1/agency/subscriptions 200 application/json /items/[] required",
            *(
                f"{where} 200 application/json / required"
                for where in (
                    *("GET /v1/agency/subscriptions/{id}", "PATCH /v1/agency/subscriptions/{id}"),
                    *(f"/{each}" for each in ("pause", "resume", "rotate-secret", "verify")),
                )
            ),
        ),
        "an endpoint is asked to echo after its secret was told: every answer says what came of it, and when it is next",
    ),
    **dict.fromkeys(
        (
            *(
                f"{route} header idempotency-key {fact}"
                for route in MAKING_SECRETS
                for fact in (
                    "required",
                    *(f"/ {each}" for each in ("type", "pattern", "minLength", "maxLength")),
                )
            ),
            *(
                f"{route} 422 {fact.replace('json /', each)}"
                for route in MAKING_SECRETS
                for fact in NEW_422[2:]
                for each in ("json /", f"json |status=422{'/' if '/ ' not in fact else ''}")
            ),
        ),
        "takes an Idempotency-Key, which may be left out as before, and says of one that was another request's",
    ),
    **{
        f"{route} 201 application/json /{fact}": "says the name that it was given"
        for route in MAKING_SECRETS[:2]
        for fact in ("name type", " required")
    },
    "GET /v1/agency/complaints 200 application/json /items/[] required": "a line has what an officer chooses by",
    **dict.fromkeys(
        (
            "GET /v1/region 200 application/json / required",
            *(
                f"GET /v1/region 200 application/json /desk{fact}"
                for fact in (
                    " type",
                    " null",
                    " required",
                    "/authorization_endpoint type",
                    "/token_endpoint type",
                )
            ),
            *(
                f"GET /v1/region 200 application/json /desk/{fact}"
                for fact in (
                    "end_session_endpoint type",
                    "end_session_endpoint null",
                    "client_id type",
                    "scope type",
                )
            ),
        ),
        "officers of bodies sign in too, and their page asks where",
    ),
    "/removed/profile type": "was not said; it is true or false, as it always was",
    **{
        f"GET /v1/agency/complaints/{{id}} 200 application/json /events/[]{fact}": "a body has officers, who come with a "
        "token of their own: its own view says which of them acted"
        for fact in ("/officer type", "/officer null", " required")
    },
}
"""The end of each fact that is another one now, and why."""
NEW: dict[str, str] = {
    **dict.fromkeys(
        (
            *(f"POST /v1/agency/complaints/{{id}}/{move} " for move in ("hide", "unhide")),
            "POST /v1/agency/complaints/{id}/photos/{photo_id}/redact ",
            "POST /v1/public/{number}/flag ",
            *(
                f"GET /v1/{whose}complaints/{{id}} 200 application/json /{fact}"
                for whose in ("", "agency/")
                for fact in ("hidden", "public ", "photos/[]/shown")
            ),
            "GET /v1/agency/complaints/{id} 200 application/json /flags ",
            "GET /v1/agency/complaints/{id} 200 application/json /photos/[]/redaction",
            "GET /v1/complaints/{id} 200 application/json /show_photos ",
            "POST /v1/complaints body /show_photos ",
            "GET /v1/categories 200 application/json /items/[]/public_place ",
        ),
        "nothing was public but what is overdue at the top",
    ),
    "DELETE /v1/complaints/{id}/join ": "whoever joined can leave",
    "GET /v1/region ": "borders, limits, emergency numbers and signing in were known to who asked the operator",
    "POST /v1/complaints/{id}/correct ": "the reporter puts it right until a body has taken it up",
    "POST /v1/complaints/{id}/photos/skip ": "the reporter need not wait until photos are given up",
    "POST /v1/complaints/{id}/photos/{photo_id}/upload ": "a request to send a photo with expires, and gets lost",
    "POST /v1/agency/complaints/{id}/assign ": "whose it is within a body was known to its own system alone",
    **dict.fromkeys(
        (
            *("GET /v1/agency/templates ", "POST /v1/agency/templates "),
            *("PATCH /v1/agency/templates/{id} ", "DELETE /v1/agency/templates/{id} "),
        ),
        "what a body answers time and again it need not write each time",
    ),
    "POST /v1/agency/bulk ": "one move of many need not be a request for each",
    "GET /v1/agency/complaints/{id}/nearby ": "what a place had before is half of what is to be done there",
    "GET /v1/agency/counts ": "how much there is to do, at one look",
    **{
        f"GET /v1/agency/complaints query {name} ": "what somebody looks for need not be read page by page"
        for name in ("category", "district", "overdue", "role", "assigned_to", "q")
    },
    "GET /v1/agency/complaints/{id} 200 application/json /assigned_to ": "likewise",
    "POST /v1/agency/complaints/{id}/correct ": "and a body as long as it has it",
    "POST /v1/agency/complaints/{id}/instruct ": "a body above gives it down, or back, and the clock goes on",
    "POST /v1/agency/complaints/{id}/merge ": "a body deals with two of the same thing as with one",
    **{
        f"{method} /v1/letters/{{token}} ": "a letter to a body has a link that ends the letters"
        for method in ("GET", "POST")
    },
    **{f"webhook {event} ": "says so to the bodies" for event in NEW_EVENTS},
    f"webhook {OF_PARTNERS} ": "partners had to ask what became of what they filed",
    **{
        f"GET /v1/agency/complaints 200 application/json /items/[]/{field} ": "so that a page needs no further read"
        for field in ("address", "assigned_to", "danger", "excerpt")
    },
    "GET /v1/agency/complaints 200 application/json /items/[]/location": "a body's complaints are drawn on a map",
    "GET /v1/agency/complaints 200 application/json /items/[]/thumbnail": "so that a page needs no further read",
    **{
        f"{method} /v1/agency/{path} ": "a body has officers, and its heads manage them"
        for method, path in (
            *(("GET", "me"), ("PATCH", "me"), ("GET", "officers"), ("POST", "officers")),
            *(("PATCH", "officers/{id}"), ("DELETE", "officers/{id}")),
            ("POST", "officers/{id}/reset-second-factor"),
        )
    },
}
"""What there was nothing of before, and so is relied on by nobody, and why it is there."""


@cache
def now() -> dict[str, Any]:
    # Without limits of the region's own, as the document was that is compared with.
    return facts(json.loads(document(region(limits={}))))


@cache
def before() -> dict[str, Any]:
    return facts(json.loads(BEFORE.read_text(encoding="utf-8")))


@cache
def differences() -> dict[str, tuple[Any, Any]]:
    return {
        where: (before().get(where), now().get(where))
        for where in before().keys() | now().keys()
        if before().get(where) != now().get(where)
    }


def test_nothing_that_a_client_relies_on_is_another_without_a_reason() -> None:
    unexplained = {
        where: values
        for where, values in differences().items()
        if not where.endswith(tuple(CHANGED)) and not where.startswith(tuple(NEW))
    }
    assert not unexplained


@pytest.mark.parametrize("end", CHANGED)
def test_each_reason_is_of_a_change_that_there_is(end: str) -> None:
    assert any(where.endswith(end) for where in differences())


def test_there_is_something_to_compare() -> None:
    assert len(before()) > 5_000
    assert "POST /v1/complaints body /comment maxLength" in before()


@pytest.mark.parametrize("beginning", NEW)
def test_what_is_new_was_not_there_before(beginning: str) -> None:
    assert any(where.startswith(beginning) for where in now())
    assert not any(where.startswith(beginning) for where in before())
