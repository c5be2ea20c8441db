"""What an app is told of signing in is what is deployed: the pool that the API trusts, its flows, how long tokens hold."""

import json
from functools import cache

import pytest

from functions.complaints.region import Region, region_from_dict
from functions.intake.api.desk import desk_of
from functions.intake.api.sign_in import sign_in_of
from infra.checks.whole_region import write_whole_region
from infra.packaging.openapi import document
from infra.region import compile_region
from infra.stacks.functions import INTAKE_API
from tests.infra.synthesis import without_code
from tests.infra.template import Assembly, flat
from tests.infra.test_iam import OFFICERS, ROLES
from tests.region_fixture import region

INVITED = ("{username}", "{####}", "https://api.whole.example/desk/", "Войдите", "кіріңіз", "Sign in")
ISSUER = {"issuer": "https://login.example.org/realms/qamqor", "audience": "app"}
POOL = {"USER_POOL_ISSUER": "https://cognito-idp.eu-central-1.amazonaws.com/pool", "USER_POOL_CLIENT_ID": "x"}


@cache
def about(stage: str) -> str:
    return about_of(region(stage=stage))


def about_of(of: Region) -> str:
    return str(json.loads(document(of))["info"]["description"])


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Assembly:
    """A region with everything."""
    regions = write_whole_region(tmp_path_factory.mktemp("regions"))
    return without_code(regions, tmp_path_factory.mktemp("whole-made"))


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
    clients = assembly[f"qamqor-{name}-storage"].of("AWS::Cognito::UserPoolClient")
    (client,) = (each["Properties"] for id, each in clients.items() if id.startswith("Identity"))
    told = sign_in_of(region_from_dict(json.loads(compile_region(name))), POOL)
    assert {f"ALLOW_{flow}" for flow in told.flows} == set(client["ExplicitAuthFlows"])
    assert (client["AccessTokenValidity"], client["RefreshTokenValidity"]) == (60, 90 * 24 * 60)
    assert "holds for an hour, the refresh token for 90 days" in about(
        "local" if name == "local" else "cloud"
    )


def test_officers_sign_in_by_a_code_for_a_quarter_of_an_hour(whole: Assembly) -> None:
    storage = whole["qamqor-whole-storage"]
    pools = storage.of("AWS::Cognito::UserPool")
    (pool,) = (each["Properties"] for id, each in pools.items() if id.startswith("Officers"))
    assert pool["MfaConfiguration"] == "ON"
    assert pool["EnabledMfas"] == ["SOFTWARE_TOKEN_MFA"]
    assert pool["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"] is True
    assert all(
        each in pool["AdminCreateUserConfig"]["InviteMessageTemplate"]["EmailMessage"] for each in INVITED
    )
    assert pool["UsernameConfiguration"] == {"CaseSensitive": False}
    assert (pool["AliasAttributes"], pool["DeletionProtection"]) == (["email"], "ACTIVE")
    clients = storage.of("AWS::Cognito::UserPoolClient")
    (desk,) = (each["Properties"] for id, each in clients.items() if id.startswith("Officers"))
    assert "GenerateSecret" not in desk
    assert desk["AllowedOAuthFlows"] == ["code"]
    assert desk["CallbackURLs"] == desk["LogoutURLs"] == ["https://api.whole.example/desk/"]
    assert (desk["AccessTokenValidity"], desk["IdTokenValidity"], desk["RefreshTokenValidity"]) == (
        15,
        15,
        720,
    )
    assert desk["EnableTokenRevocation"] is True
    assert set(desk["ExplicitAuthFlows"]) == {"ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"}
    domain = storage.one("AWS::Cognito::UserPoolDomain")["Properties"]
    assert (domain["Domain"], domain["ManagedLoginVersion"]) == ("qamqor-whole-111122223333", 2)
    assert storage.one("AWS::Cognito::ManagedLoginBranding")["Properties"]["UseCognitoProvidedValues"] is True


def test_the_desk_is_told_of_the_pages_that_are_deployed_and_the_authorizer_of_the_same_client(
    whole: Assembly,
) -> None:
    service = whole["qamqor-whole-service"]
    told = service.functions()["intakeapi"]["Environment"]["Variables"]
    trusted = service.functions()["authorizer"]["Environment"]["Variables"]
    assert told["OFFICERS_SIGN_IN"] == "https://qamqor-whole-111122223333.auth.eu-central-1.amazoncognito.com"
    assert told["OFFICERS_CLIENT_ID"] == trusted["OFFICERS_CLIENT_ID"]
    assert flat(trusted["OFFICERS_KEYS"]) == flat(trusted["OFFICERS_ISSUER"]) + "/.well-known/jwks.json"
    desk = desk_of(region(officers={"provider": "cognito"}), told | {"OFFICERS_CLIENT_ID": "x"})
    assert desk is not None
    assert desk.model_dump() == {
        "authorization_endpoint": f"{told['OFFICERS_SIGN_IN']}/oauth2/authorize",
        "token_endpoint": f"{told['OFFICERS_SIGN_IN']}/oauth2/token",
        "end_session_endpoint": f"{told['OFFICERS_SIGN_IN']}/logout",
        "client_id": "x",
        "scope": "openid",
    }


def test_one_function_alone_may_make_and_end_officers_users(whole: Assembly) -> None:
    service = whole["qamqor-whole-service"]
    found = {
        id: (statement["Action"], flat(statement["Resource"]))
        for id, policy in service.of("AWS::IAM::Policy").items()
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
        if "cognito" in json.dumps(statement["Action"])
    }
    ((role, (actions, pool)),) = found.items()
    assert role.startswith("FunctionsOfficersApi")
    assert "OfficersPool" in pool
    assert set(actions) == set(ROLES["OfficersApi"][OFFICERS].split())


def test_on_a_developers_machine_the_desks_own_front_has_the_pages(local: Assembly) -> None:
    storage, service = local["qamqor-local-storage"], local["qamqor-local-service"]
    assert not storage.of("AWS::Cognito::UserPoolDomain", "AWS::Cognito::ManagedLoginBranding")
    told = service.functions()["intakeapi"]["Environment"]["Variables"]
    assert "OFFICERS_SIGN_IN" not in told
    keys = flat(service.functions()["authorizer"]["Environment"]["Variables"]["OFFICERS_KEYS"])
    assert keys.startswith("/")
    desk = desk_of(region(officers={"provider": "cognito"}), {"OFFICERS_CLIENT_ID": "x"})
    assert desk is not None
    assert (desk.authorization_endpoint, desk.end_session_endpoint) == ("/oauth2/authorize", "/oauth2/logout")


def test_where_bodies_come_by_their_systems_alone_there_is_no_desk(cloud: Assembly) -> None:
    assert desk_of(region(officers=None), {}) is None
    assert not any(id.startswith("Officers") for id in cloud["qamqor-pavlodar-storage"].resources)


def test_a_password_is_sent_as_it_is_on_a_developers_machine_alone() -> None:
    assert '"USER_PASSWORD_AUTH"' in about("local")
    assert "USER_PASSWORD_AUTH" not in about("cloud")
    assert "make citizen" not in about("cloud")
    for stage in ("local", "cloud"):
        assert all(call in about(stage) for call in ("SignUp", "ConfirmSignUp", "REFRESH_TOKEN_AUTH"))


def test_an_issuer_of_the_regions_own_signs_people_in_by_its_own_pages() -> None:
    said = about_of(region(stage="cloud", identity=ISSUER))
    assert "/.well-known/openid-configuration" in said
    assert "grant_type=refresh_token" in said
    assert "Cognito" not in said
