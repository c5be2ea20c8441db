"""Who calls is who the gateway let in, and an agency's key may do what its scopes say."""

import pytest

from functions.edge.callers import (
    Admin,
    Person,
    Reader,
    SubscriptionAdmin,
    SubscriptionReader,
    SubscriptionWriter,
    Writer,
    agency_of,
)
from functions.edge.resolver import Api
from tests.functions.api_client import anybody, officer, person


def door() -> Api:
    """Each of its routes answers who called it."""
    api = Api()

    @api.get("/person")
    def signed_in(who: Person) -> dict[str, str]:
        return {"who": who}

    @api.get("/read")
    def read(caller: Reader) -> dict[str, str | None]:
        return {"who": agency_of(caller).id}

    @api.get("/write")
    def write(caller: Writer) -> dict[str, str | None]:
        return {"who": agency_of(caller).id}

    @api.get("/admin")
    def admin(caller: Admin) -> dict[str, str | None]:
        return {"who": agency_of(caller).id}

    @api.get("/subscriptions/read")
    def subscriptions(caller: SubscriptionReader) -> dict[str, str | None]:
        return {"who": agency_of(caller).id}

    @api.get("/subscriptions/write")
    def sending(caller: SubscriptionWriter) -> dict[str, str | None]:
        return {"who": agency_of(caller).id}

    @api.get("/subscriptions/admin")
    def subscribing(caller: SubscriptionAdmin) -> dict[str, str | None]:
        return {"who": agency_of(caller).id}

    return api


API = door()


def test_a_person_is_the_subject_of_the_token() -> None:
    assert person(API.serve, "p")("GET", "/person").json == {"who": "p"}
    for nobody in (officer(API.serve), anybody(API.serve)):
        assert nobody("GET", "/person").slug == "unauthenticated"


@pytest.mark.parametrize("path", ["/read", "/write", "/admin"])
def test_a_key_may_do_what_its_scopes_say(path: str) -> None:
    scope = path.removeprefix("/")
    assert officer(API.serve, scopes=f"x {scope}")("GET", path).json == {"who": "housing"}
    for scopes in ("", "x", scope.upper(), scope + "s"):
        assert officer(API.serve, scopes=scopes)("GET", path).slug == "forbidden"


@pytest.mark.parametrize("scope", ["read", "write", "admin"])
def test_a_partners_key_has_its_subscriptions_and_nothing_else(scope: str) -> None:
    of_partner = officer(API.serve, "partner:fixmystreet", scopes="file")
    assert of_partner("GET", f"/subscriptions/{scope}").json == {"who": "partner:fixmystreet"}
    assert of_partner("GET", f"/{scope}").slug == "forbidden"
    assert officer(API.serve, scopes=scope)("GET", f"/subscriptions/{scope}").json == {"who": "housing"}
    for scopes in ("", "x", "FILE", "files"):
        assert officer(API.serve, scopes=scopes)("GET", f"/subscriptions/{scope}").slug == "forbidden"


def test_for_who_holds_no_key_an_agencys_address_does_not_exist() -> None:
    for nobody in (person(API.serve), anybody(API.serve)):
        assert nobody("GET", "/read").slug == "not-found"
