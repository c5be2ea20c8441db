"""What an app is told of signing in is what is deployed: the pool that the API trusts, its flows, how long tokens hold."""

import json
from typing import Any

import pytest

from functions.complaints.region import region_from_dict
from functions.intake.api.sign_in import sign_in_of
from infra.packaging.openapi import document
from infra.region import compile_region
from infra.stacks.functions import INTAKE_API
from tests.infra.template import Assembly
from tests.region_fixture import region

ISSUER = {"issuer": "https://login.example.org/realms/qamqor", "audience": "app"}
POOL = {"USER_POOL_ISSUER": "https://cognito-idp.eu-central-1.amazonaws.com/pool", "USER_POOL_CLIENT_ID": "x"}


def about(stage: str, **changes: Any) -> str:
    made = json.loads(document(region(stage=stage, **changes)))
    return str(made["info"]["description"])


@pytest.mark.parametrize("name", ["local", "pavlodar"])
def test_the_pool_that_an_app_is_told_of_is_the_one_that_the_api_trusts(
    name: str, local: Assembly, cloud: Assembly
) -> None:
    assembly = local if name == "local" else cloud
    service = assembly[f"qamqor-{name}-service"]
    (told,) = (
        each["Environment"]["Variables"]
        for each in service.functions().values()
        if each["Handler"] == INTAKE_API.handler
    )
    (trusted,) = (
        each["Properties"]["JwtConfiguration"]
        for each in service.of("AWS::ApiGatewayV2::Authorizer").values()
        if "JwtConfiguration" in each["Properties"]
    )
    assert [told["USER_POOL_CLIENT_ID"]] == trusted["Audience"]
    assert told["USER_POOL_ISSUER"] == trusted["Issuer"]


@pytest.mark.parametrize("name", ["local", "pavlodar"])
def test_the_flows_are_those_that_the_apps_client_lets_in(
    name: str, local: Assembly, cloud: Assembly
) -> None:
    assembly = local if name == "local" else cloud
    client = assembly[f"qamqor-{name}-storage"].one("AWS::Cognito::UserPoolClient")["Properties"]
    told = sign_in_of(region_from_dict(json.loads(compile_region(name))), POOL)
    assert {f"ALLOW_{flow}" for flow in told.flows} == set(client["ExplicitAuthFlows"])
    assert (client["AccessTokenValidity"], client["RefreshTokenValidity"]) == (60, 90 * 24 * 60)
    assert "holds for an hour, the refresh token for 90 days" in about(
        "local" if name == "local" else "cloud"
    )


def test_a_password_is_sent_as_it_is_on_a_developers_machine_alone() -> None:
    assert '"USER_PASSWORD_AUTH"' in about("local")
    assert "USER_PASSWORD_AUTH" not in about("cloud")
    assert "make citizen" not in about("cloud")
    for stage in ("local", "cloud"):
        assert all(call in about(stage) for call in ("SignUp", "ConfirmSignUp", "REFRESH_TOKEN_AUTH"))


def test_an_issuer_of_the_regions_own_signs_people_in_by_its_own_pages() -> None:
    said = about("cloud", identity=ISSUER)
    assert "/.well-known/openid-configuration" in said
    assert "grant_type=refresh_token" in said
    assert "Cognito" not in said
