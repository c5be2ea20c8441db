"""The desk as a browser meets it: its files through the gateway and through what stands before it on this machine, the
sign-in, and the upload from its page.
"""

import base64
import hashlib
import http.client
import re
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import boto3
import pytest

from functions.edge import clients
from functions.edge.presign import presigned_put
from infra.local import callers, emulator
from infra.local.assembly import assembly
from infra.local.citizen import PASSWORD, Caller, send
from infra.local.deployed import Deployed
from infra.local.emulator import Emulator
from infra.local.front.client import officers_pool
from infra.local.front.desk import shown
from infra.local.front.server import Server
from infra.local.officers import demo_officers
from infra.local.scene import scene_on
from infra.local.story import photograph
from tests.infra.template import Assembly

BUCKET = "photos"


@dataclass(frozen=True, kw_only=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    body: bytes


def ask(method: str, address: str, body: str | None = None, **headers: str) -> Reply:
    """As a browser would before it follows or decodes anything."""
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.netloc, timeout=60)
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    if body is not None:
        sent["content-type"] = "application/x-www-form-urlencoded"
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    connection.request(method, path, body=body, headers=sent)
    response = connection.getresponse()
    read = response.read()
    connection.close()
    return Reply(
        status=response.status,
        headers={name.lower(): value for name, value in response.getheaders()},
        body=read,
    )


@pytest.fixture(scope="module")
def front(deployed: Deployed) -> Iterator[Server]:
    with shown(deployed, demo_officers(deployed, scene_on(deployed.emulator))) as server:
        yield server


# --------------------------------------------------------------------------------------- the page
@pytest.mark.parametrize("through", ["gateway", "front"])
def test_the_page_and_what_it_asks_for_come_with_their_headers(
    deployed: Deployed, front: Server, through: str
) -> None:
    base = deployed.api_url if through == "gateway" else front.origin
    page = ask("GET", f"{base}/desk/")
    assert page.status == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.headers["cache-control"] == "no-cache"
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'; script-src 'self'; style-src 'self';" in policy
    assert f"connect-src 'self' {deployed.emulator.url};" in policy
    assert ask("GET", f"{base}/desk/", if_none_match=page.headers["etag"]).status == 304
    named = re.findall(r'(?:src|href)="([^":]+)"', page.body.decode())
    assert named
    for name in named:
        # As a browser finds it from the page.
        file = ask("GET", f"{base}/desk/{name.removeprefix('/desk/')}", accept_encoding="br")
        assert file.status == 200
        assert file.headers["cache-control"] == "public, max-age=31536000, immutable"
        told = ask("HEAD", f"{base}/desk/{name.removeprefix('/desk/')}", accept_encoding="br")
        assert (told.status, told.body) == (200, b"")
        assert told.headers["etag"] == file.headers["etag"]


def test_the_address_without_its_slash_leads_to_the_page(deployed: Deployed, front: Server) -> None:
    for base in (deployed.api_url, front.origin):
        moved = ask("GET", f"{base}/desk")
        assert (moved.status, moved.headers["location"]) == (308, "desk/")


@pytest.mark.parametrize("path", ["/nothing", "/v1/nothing", "/desk/none.js", "/desk/a/b"])
def test_what_no_route_is_for_is_a_problem(deployed: Deployed, path: str) -> None:
    answer = send("GET", f"{deployed.api_url}{path}", None, headers={"accept-language": "ru"})
    assert (answer.status, answer.body["type"]) == (404, "/problems/not-found")


# ------------------------------------------------------------------------------------ the sign-in
class Asking:
    """A page that asks for a sign-in, as RFC 6749 and RFC 7636 have it."""

    def __init__(self, deployed: Deployed, front: Server) -> None:
        self.front = front
        self.verifier = secrets.token_urlsafe(32)
        digest = hashlib.sha256(self.verifier.encode()).digest()
        self.state = 'a b&"<c'
        self.fields = {
            "response_type": "code",
            "client_id": officers_pool(deployed)[1],
            "redirect_uri": front.desk,
            "scope": "openid",
            "state": self.state,
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }

    def page(self, **changed: str) -> Reply:
        fields = {name: value for name, value in (self.fields | changed).items() if value}
        return ask("GET", f"{self.front.origin}/oauth2/authorize?{urlencode(fields)}", accept_language="ru")

    def pressed(self, form: Mapping[str, str]) -> Reply:
        return ask("POST", f"{self.front.origin}/oauth2/authorize", urlencode(form))

    def code(self) -> str:
        """By the page's first button."""
        return self.back(self.pressed(forms(self.page())[0]))["code"]

    def back(self, reply: Reply) -> dict[str, str]:
        """What comes back to the desk, and nowhere else."""
        assert reply.status == 302
        address, _, query = reply.headers["location"].partition("?")
        assert address == self.front.desk
        came = dict(parse_qsl(query))
        assert came["state"] == self.state
        return came

    def tokens(self, **asked: str) -> tuple[int, dict[str, Any]]:
        answer = send(
            "POST",
            f"{self.front.origin}/oauth2/token",
            urlencode({"client_id": self.fields["client_id"]} | asked).encode(),
            headers={"content-type": "application/x-www-form-urlencoded"},
        )
        return answer.status, answer.body

    def exchanged(self, code: str, **changed: str) -> tuple[int, dict[str, Any]]:
        asked = {"grant_type": "authorization_code", "code": code, "redirect_uri": self.front.desk}
        return self.tokens(**asked | {"code_verifier": self.verifier} | changed)


def forms(page: Reply) -> list[dict[str, str]]:
    """The hidden fields of each form of the page."""
    return [
        {
            unescape(name): unescape(value)
            for name, value in re.findall(r'type="hidden" name="([^"]*)" value="([^"]*)"', form)
        }
        for form in re.findall(r"<form.*?</form>", page.body.decode(), re.DOTALL)
    ]


@pytest.fixture
def asking(deployed: Deployed, front: Server) -> Asking:
    return Asking(deployed, front)


def test_one_button_signs_an_officer_in_and_the_api_takes_the_token(
    deployed: Deployed, front: Server, asking: Asking
) -> None:
    page = asking.page()
    assert page.status == 200
    assert 'lang="ru"' in page.body.decode()
    assert len(forms(page)) == 4
    status, tokens = asking.exchanged(asking.code())
    assert (status, tokens["token_type"]) == (200, "Bearer")
    assert tokens["expires_in"] > 60
    assert answered(deployed, front, tokens["access_token"]) == 200
    status, renewed = asking.tokens(grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert status == 200
    assert answered(deployed, front, renewed["access_token"]) == 200


def answered(deployed: Deployed, front: Server, token: str) -> int:
    """By the door of whoever the pool is for."""
    door = "/v1/agency/complaints" if deployed.officers_pool_id else "/v1/me"
    return Caller(base=front.origin, token=token).get(door).status


def test_a_name_and_a_password_do_too_and_wrong_ones_are_said_to_be_so(asking: Asking) -> None:
    (*_, form) = forms(asking.page())
    wrong = asking.pressed(form | {"username": "head-city-housing", "password": "wrong"})
    assert wrong.status == 200
    assert 'role="alert"' in wrong.body.decode()
    assert "wrong" not in [*forms(wrong)[-1].values()]
    form = forms(wrong)[-1]
    username = forms(asking.page())[0]["username"]
    assert (
        asking.exchanged(
            asking.back(asking.pressed(form | {"username": username, "password": PASSWORD}))["code"]
        )[0]
        == 200
    )


def test_a_code_is_good_once_and_for_who_asked_for_it_alone(asking: Asking) -> None:
    for changed in (
        {"code_verifier": secrets.token_urlsafe(32)},
        {"code_verifier": ""},
        {"redirect_uri": "http://127.0.0.1:1/desk/"},
        {"client_id": "another"},
    ):
        status, refused = asking.exchanged(asking.code(), **changed)
        assert (status, refused["error"]) == (400, "invalid_grant"), changed
    code = asking.code()
    assert asking.exchanged(code)[0] == 200
    assert asking.exchanged(code)[1]["error"] == "invalid_grant"


@pytest.mark.parametrize(
    "changed",
    [
        {"code_challenge": "", "code_challenge_method": ""},
        {"code_challenge": ""},
        {"code_challenge_method": "plain"},
    ],
)
def test_nobody_is_asked_for_a_password_without_pkce(asking: Asking, changed: dict[str, str]) -> None:
    assert asking.back(asking.page(**changed))["error"] == "invalid_request"
    pressed = forms(asking.page())[0] | changed
    assert asking.back(asking.pressed(pressed))["error"] == "invalid_request"


@pytest.mark.parametrize(
    "changed",
    [{"redirect_uri": "https://evil.example/desk/"}, {"client_id": "another"}, {"response_type": "token"}],
)
def test_nobody_is_sent_anywhere_but_to_the_desk(asking: Asking, changed: dict[str, str]) -> None:
    refused = asking.page(**changed)
    assert refused.status == 400
    assert "location" not in refused.headers
    if "redirect_uri" in changed:
        assert "location" not in asking.pressed(forms(asking.page())[0] | changed).headers


def test_signing_out_comes_back_to_the_desk(asking: Asking, front: Server) -> None:
    fields = {"client_id": asking.fields["client_id"], "logout_uri": front.desk}
    out = ask("GET", f"{front.origin}/oauth2/logout?{urlencode(fields)}")
    assert (out.status, out.headers["location"]) == (302, front.desk)
    elsewhere = fields | {"logout_uri": "https://evil.example/"}
    assert ask("GET", f"{front.origin}/oauth2/logout?{urlencode(elsewhere)}").status == 400


def test_another_bodys_officer_is_had_by_command(
    deployed: Deployed, asking: Asking, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(emulator, "find", lambda: deployed.emulator)
    assert callers.main(["officer", "city_roads", "head"]) == 0
    assert capsys.readouterr().out == "export OFFICER='head-city-roads@example.test'\n"
    form = forms(asking.page())[-1] | {"username": "head-city-roads@example.test", "password": PASSWORD}
    assert asking.exchanged(asking.back(asking.pressed(form))["code"])[0] == 200
    assert callers.main(["officer", "nobody", "head"]) == 2
    assert "city_roads" in capsys.readouterr().err


# ------------------------------------------------------------------------------------ the upload
@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """An emulator that asks a bucket whom it lets upload, with the photos' bucket's own rules: any other lets everybody."""
    template = Assembly(assembly())["qamqor-local-storage"]
    (rules,) = (
        bucket["Properties"]["CorsConfiguration"]["CorsRules"]
        for name, bucket in template.of("AWS::S3::Bucket").items()
        if name.startswith("Photos")
    )
    with emulator.start(auth=True, state_dir=tmp_path_factory.mktemp("strict")) as started:
        s3 = started.client("s3")
        s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": started.region})
        names = ("AllowedOrigins", "AllowedMethods", "AllowedHeaders")
        told = [{name: rule[name] for name in names} for rule in rules]
        s3.put_bucket_cors(Bucket=BUCKET, CORSConfiguration={"CORSRules": told})
        yield started


def test_the_page_may_send_a_photo_and_no_other_page_may(
    strict: Emulator, front: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in strict.variables().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(clients, "_made", {})
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    photo = photograph()
    upload = presigned_put(
        bucket=BUCKET,
        key="quarantine/1",
        content_type="image/jpeg",
        size=len(photo),
        sha256=hashlib.sha256(photo).hexdigest(),
        expires_in=timedelta(minutes=5),
    )
    named = ",".join(sorted(upload.headers.keys() - {"content-length"}))
    wanted = {"access-control-request-method": "PUT", "access-control-request-headers": named}
    allowed = send("OPTIONS", upload.url, None, headers={"origin": front.origin} | wanted)
    assert allowed.status == 200
    assert allowed.headers["access-control-allow-origin"] == front.origin
    for refused in (
        {"origin": "https://evil.example"} | wanted,
        {"origin": front.origin} | wanted | {"access-control-request-method": "DELETE"},
        {"origin": front.origin} | wanted | {"access-control-request-headers": "x-amz-acl"},
    ):
        assert send("OPTIONS", upload.url, None, headers=refused).status == 403, refused
    put = send("PUT", upload.url, photo, headers={**upload.headers, "origin": front.origin})
    assert put.status == 200
    assert put.headers["access-control-allow-origin"] == front.origin
