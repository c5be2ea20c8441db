import base64
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.edge.router import Following, Response, Router, Unmatched


class Telling(Router):
    """Answers what failed with what it was."""

    def failed(self, error: Exception) -> Response[str]:
        methods = ",".join(error.methods) if isinstance(error, Unmatched) else "-"
        return Response(status_code=500, body=f"{type(error).__name__} {methods}")


def router(*routes: tuple[str, str]) -> Telling:
    """Each route answers its own path and the names that it was called with."""
    made = Telling()
    for method, path in routes:

        @made.route(path, method=method)
        def route(path: str = path, **names: str) -> Response[str]:
            return Response(status_code=200, body=repr((path, names)))

    return made


def event(path: str, *, method: str = "GET", stage: str = "$default") -> dict[str, Any]:
    return {"rawPath": path, "requestContext": {"stage": stage, "http": {"method": method}}}


def asked(api: Router, path: str, **request: Any) -> str:
    return str(api.resolve(event(path, **request), None)["body"])


DOOR = (("GET", "/v1/a"), ("POST", "/v1/a"), ("GET", "/v1/a/<id>"), ("GET", "/v1/a/near"))
DOOR += (("DELETE", "/v1/a/<id>/b/<other>"),)


@pytest.mark.parametrize(
    ("method", "path", "route", "names"),
    [
        ("GET", "/v1/a", "/v1/a", {}),
        ("GET", "/v1/a/1", "/v1/a/<id>", {"id": "1"}),
        # Though it was added later: an exact one goes before one with names.
        ("GET", "/v1/a/near", "/v1/a/near", {}),
        ("DELETE", "/v1/a/1/b/2", "/v1/a/<id>/b/<other>", {"id": "1", "other": "2"}),
        # As the gateway gives it: decoded or not, it is not decoded here.
        ("GET", "/v1/a/%2F", "/v1/a/<id>", {"id": "%2F"}),
        ("GET", "/v1/a/қоқыс 1", "/v1/a/<id>", {"id": "қоқыс 1"}),
        ("GET", "/v1/a/<id>", "/v1/a/<id>", {"id": "<id>"}),
        ("GET", "/v1/a/.", "/v1/a/<id>", {"id": "."}),
    ],
)
def test_a_request_finds_the_route_of_its_method_and_path(
    method: str, path: str, route: str, names: dict[str, str]
) -> None:
    assert asked(router(*DOOR), path, method=method) == repr((route, names))


@pytest.mark.parametrize(
    "path",
    [
        *("", "/", "v1/a", "/v1", "/v1/a/", "//v1/a", "/v1//a", "/v1/a//", "/V1/a", "/v1/a/1/2", "/v1/a/1/b"),
        *(
            "/v1/a\n",
            "/v1/a/1\n",
            "/v1/a/1\x00",
            '/v1/a/"',
            "/v1/a/1?x",
            "/v1/a/1#x",
            "/v1/a/\\",
            "/v1/a/\ud800",
        ),
    ],
)
def test_a_path_that_no_route_has_is_unmatched(path: str) -> None:
    assert asked(router(*DOOR), path) == "Unmatched "


@pytest.mark.parametrize(
    ("method", "path", "methods"),
    [
        ("DELETE", "/v1/a", "GET,POST"),
        ("OPTIONS", "/v1/a", "GET,POST"),
        ("get", "/v1/a", "GET,POST"),
        ("POST", "/v1/a/near", "GET"),
        ("GET", "/v1/a/1/b/2", "DELETE"),
    ],
)
def test_a_method_that_a_path_has_not_is_told_those_that_it_has(method: str, path: str, methods: str) -> None:
    assert asked(router(*DOOR), path, method=method) == f"Unmatched {methods}"


SEGMENT = st.text(st.sampled_from("aZ0ғ-._~!*:@,;=+&$%<> []{}|^'()"), min_size=1, max_size=8)


@given(first=SEGMENT, second=SEGMENT)
def test_what_stands_for_names_comes_as_it_was_sent(first: str, second: str) -> None:
    api = router(("GET", "/x/<one>/y/<two>"))
    names = {"one": first, "two": second}
    assert asked(api, f"/x/{first}/y/{second}") == repr(("/x/<one>/y/<two>", names))


@given(path=st.text())
def test_no_path_breaks_it(path: str) -> None:
    assert asked(router(*DOOR), path)


@given(path=st.text(st.sampled_from("/abv1<>id"), max_size=12))
def test_a_name_never_stands_for_more_or_less_than_a_segment(path: str) -> None:
    route = router(("GET", "/v1/a/<id>")).routes[0]
    found = route.match(path)
    if found is not None:
        assert f"/v1/a/{found['id']}" == path
        assert found["id"]
        assert "/" not in found["id"]


def test_the_stage_is_no_part_of_the_path_unless_it_is_the_default_one() -> None:
    api = router(("GET", "/a"), ("GET", "/beta/a"))
    assert asked(api, "/beta/a", stage="beta") == repr(("/a", {}))
    assert asked(api, "/beta/a") == repr(("/beta/a", {}))


def test_what_a_route_raises_is_answered_too() -> None:
    api = Telling()

    @api.get("/x")
    def route() -> Response[str]:
        raise LookupError

    assert asked(api, "/x") == "LookupError -"


def test_every_method_has_its_decorator_which_leaves_the_function_as_it_is() -> None:
    api, function = Telling(), lambda: Response(status_code=204)
    for name in ("get", "post", "put", "patch", "delete"):
        assert getattr(api, name)("/x")(function) is function
        assert api.resolve(event("/x", method=name.upper()), None)["statusCode"] == 204


def test_what_stands_before_the_routes_sees_every_request_from_the_outside_in() -> None:
    seen: list[str] = []

    def named(name: str) -> Any:
        def middleware(app: Router, following: Following) -> Response[Any]:
            seen.append(f"{name} {app.current_event.path}")
            if app.lambda_context == name:
                raise PermissionError
            response = following(app)
            seen.append(name)
            return response

        return middleware

    api = router(("GET", "/x"))
    api.use([named("outer"), named("inner")])
    assert asked(api, "/x") == repr(("/x", {}))
    assert seen == ["outer /x", "inner /x", "inner", "outer"]
    seen.clear()
    assert asked(api, "/nowhere") == "Unmatched "
    assert seen == ["outer /nowhere", "inner /nowhere"]
    seen.clear()
    assert api.resolve(event("/x"), "outer")["body"] == "PermissionError -"
    assert seen == ["outer /x"]


def test_an_answer_is_as_the_gateway_takes_it() -> None:
    text = Response(status_code=200, content_type="text/plain", body="қ", headers={"x-a": "b"})
    assert text.document() == {
        "statusCode": 200,
        "headers": {"Content-Type": "text/plain", "x-a": "b"},
        "body": "қ",
        "isBase64Encoded": False,
    }
    raw = Response(status_code=200, body=b"\xff").document()
    assert (base64.b64decode(raw["body"]), raw["isBase64Encoded"]) == (b"\xff", True)
    assert Response(status_code=204).document()["body"] is None
