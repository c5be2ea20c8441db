"""What stands before the desk on a developer's machine: the API comes through it unchanged, and nothing that is asked
becomes markup. How it signs in is tried on the emulator (tests/e2e/test_desk.py).
"""

import http.client
import json
import re
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from infra.local import process_group
from infra.local.front.officer import Officer
from infra.local.front.page import WORDS, sign_in_page
from infra.local.front.process import FrontFailed, Running, start
from infra.local.front.server import Server, Setting

HEAD = Officer(
    username="head", password="Local-only-1234", title={"kk": "Басшы", "ru": "Глава", "en": "Head"}
)


@Request.application
def echo(request: Request) -> Response:
    """An API that says what it was sent."""
    heard = {
        "method": request.method,
        "path": request.environ["REQUEST_URI"],
        "headers": {name.lower(): value for name, value in request.headers.items()},
        "body": request.get_data(as_text=True),
    }
    cookies = [("set-cookie", "a=1"), ("set-cookie", "b=2")]
    status = int(request.headers.get("x-status", 200))
    return Response(json.dumps(heard), status=status, mimetype="application/json", headers=cookies)


@pytest.fixture(scope="module")
def upstream() -> Iterator[str]:
    """Its address, below a path as the emulator's APIs are."""
    server = make_server("127.0.0.1", 0, echo, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}/_aws/api"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def front(upstream: str) -> Iterator[Server]:
    with Server(Setting(port=0, emulator=upstream, api=upstream)) as server:
        yield server


def call(
    front: Server, method: str, path: str, body: bytes | None = None, **headers: str
) -> tuple[http.client.HTTPResponse, bytes]:
    connection = http.client.HTTPConnection(front.origin.removeprefix("http://"), timeout=10)
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, body=body, headers=sent)
    response = connection.getresponse()
    read = response.read()
    connection.close()
    return response, read


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_every_method_goes_through_with_its_body_and_header_fields(front: Server, method: str) -> None:
    body = None if method in ("GET", "HEAD") else '{"text": "жол"}'.encode()
    response, read = call(
        front, method, "/v1/me?q=%D0%B6&q=2", body, authorization="Bearer qk_x", if_none_match='"t"'
    )
    assert response.status == 200
    assert response.headers.get_all("set-cookie") == ["a=1", "b=2"]
    if method == "HEAD":
        assert read == b""
        assert int(response.headers["content-length"]) > 0
        return
    heard = json.loads(read)
    assert (heard["method"], heard["path"]) == (method, "/_aws/api/v1/me?q=%D0%B6&q=2")
    assert heard["body"] == (body or b"").decode()
    assert heard["headers"]["authorization"] == "Bearer qk_x"
    assert heard["headers"]["if-none-match"] == '"t"'


@pytest.mark.parametrize("status", [201, 204, 304, 308, 404, 409, 429, 503])
def test_what_is_answered_is_passed_on_as_it_is_and_no_redirection_followed(
    front: Server, status: int
) -> None:
    assert call(front, "GET", "/v1/me", x_status=str(status))[0].status == status


@pytest.mark.parametrize(
    "path", ["/desk/", "/desk", "/v1/complaints/%E2%84%96PVL-26", "/desk/..%2Fa", "/a%20b/"]
)
def test_a_path_is_not_read_on_its_way(front: Server, path: str) -> None:
    assert json.loads(call(front, "GET", path)[1])["path"] == f"/_aws/api{path}"


def test_an_api_that_is_gone_is_said_so() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{unused.getsockname()[1]}"
        with Server(Setting(port=0, emulator=nobody, api=nobody)) as server:
            assert call(server, "GET", "/v1/me")[0].status == 502
            assert call(server, "GET", "/oauth2/authorize")[0].status == 502


# --------------------------------------------------------------------------------------- the page
class Fields(HTMLParser):
    """The hidden fields of each form; `tags` that there are."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.forms: list[dict[str, str | None]] = []
        self.tags: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        held = dict(attrs)
        if tag == "form":
            self.forms.append({})
        if held.get("type") == "hidden":
            self.forms[-1][str(held["name"])] = held["value"]


# What a form sends on for these, a browser writes anew: carriage returns, and what HTML has no place for.
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0\r\x0c", exclude_categories=("Cc", "Cs")))


@given(asked=st.dictionaries(TEXTS.filter(bool), TEXTS, max_size=4), language=st.sampled_from([*WORDS]))
def test_what_was_asked_goes_on_with_the_form_and_is_no_markup(asked: dict[str, str], language: str) -> None:
    read = Fields(sign_in_page(asked, language=language, officers=[HEAD], refused=True))
    assert read.forms == [asked | {"username": HEAD.username, "password": HEAD.password}, asked]
    fixed = Fields(sign_in_page({}, language=language, officers=[HEAD], refused=True)).tags
    assert [tag for tag in read.tags if tag != "input"] == [tag for tag in fixed if tag != "input"]


@pytest.mark.parametrize("language", WORDS)
def test_the_page_is_all_in_one_language(language: str) -> None:
    page = sign_in_page({}, language=language, officers=[HEAD], refused=True)
    assert f'lang="{language}"' in page
    assert WORDS[language].keys() == WORDS["en"].keys()
    for text in (*WORDS[language].values(), HEAD.title[language]):
        assert text in page
    assert not re.search(r"\$\w", page)


# ------------------------------------------------------------------------------------ its process
def setting(upstream: str) -> Setting:
    return Setting(port=0, emulator=upstream, api=upstream, officers=(HEAD,))


def test_a_setting_is_read_as_it_was_written(upstream: str) -> None:
    said = setting(upstream)
    assert Setting.read(said.written()) == said


def test_it_is_left_running_found_again_and_ended_with_all_its_processes(
    upstream: str, tmp_path: Path
) -> None:
    running = start(setting(upstream), state_dir=tmp_path)
    try:
        assert Running.found(tmp_path) == running
        assert process_group.members(running.pid) == {running.pid}
        (beside := tmp_path / "beside").mkdir()
        with pytest.raises(FrontFailed, match=f"port {running.port} of 127.0.0.1 is taken"):
            start(replace(setting(upstream), port=running.port), state_dir=beside)
        assert Running.found(beside) is None
    finally:
        running.end(tmp_path)
    assert Running.found(tmp_path) is None
    assert process_group.members(running.pid) == set()
