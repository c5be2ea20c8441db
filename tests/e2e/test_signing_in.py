"""The document's own commands sign a citizen up, in and in again; further callers are had by command."""

import os
import re
import subprocess
from contextlib import suppress
from typing import Any

import pytest

from infra.local import callers, emulator
from infra.local.citizen import Caller, send
from infra.local.deployed import Deployed


@pytest.fixture(scope="module")
def described(deployed: Deployed) -> dict[str, Any]:
    return dict(Caller(base=deployed.api_url, token=None).get("/openapi.json").body)


def test_the_document_names_the_address_that_it_was_fetched_from(
    deployed: Deployed, described: dict[str, Any]
) -> None:
    assert described["servers"] == [{"url": deployed.api_url}]


def test_the_documents_commands_sign_up_confirm_sign_in_and_refresh(
    deployed: Deployed, described: dict[str, Any]
) -> None:
    cognito = deployed.emulator.client("cognito-idp")
    with suppress(cognito.exceptions.UserNotFoundException):
        # A guide that is walked before signs up by the same name.
        cognito.admin_delete_user(UserPoolId=deployed.user_pool_id, Username="citizen-2")
    blocks = re.findall(r"```sh\n(.*?)```", described["info"]["description"], re.DOTALL)
    assert len(blocks) == 3
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", "".join(blocks)],
        env={"PATH": os.environ["PATH"], "API": deployed.api_url},
        check=True,
        capture_output=True,
        text=True,
    )
    assert '"UserConfirmed":' in done.stdout
    assert '"kind":"citizen"' in done.stdout
    refreshed = done.stdout.rpartition('"AuthenticationResult"')[2]
    assert '"AccessToken"' in refreshed
    assert "Exception" not in done.stdout


def test_a_second_citizen_and_a_second_bodys_key_are_had_by_command(
    deployed: Deployed, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(emulator, "find", lambda: deployed.emulator)
    assert callers.main(["citizen", "citizen-3"]) == 0
    token = _value("TOKEN", capsys.readouterr().out)
    assert Caller(base=deployed.api_url, token=token).get("/v1/me").status == 200
    assert callers.main(["key", "city_roads"]) == 0
    key = _value("KEY", capsys.readouterr().out)
    assert Caller(base=deployed.api_url, token=key).get("/v1/agency/complaints").status == 200
    assert callers.main(["key", "nobody"]) == 2
    assert "city_roads" in capsys.readouterr().err


def test_what_an_app_keeps_of_the_region_is_not_sent_again(deployed: Deployed) -> None:
    address = f"{deployed.api_url}/v1/region"
    first = send("GET", address, None, headers={})
    assert first.body["sign_in"]["client_id"] == deployed.client_id
    again = send("GET", address, None, headers={"if-none-match": first.headers["etag"]})
    assert (again.status, again.body) == (304, b"")


def _value(name: str, printed: str) -> str:
    found = re.fullmatch(rf"export {name}='([^']+)'\n", printed)
    assert found is not None, printed
    return found[1]
