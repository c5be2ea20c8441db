"""How people are signed in, as the document says it: by commands that do it, with what `GET /v1/region` tells."""

from typing import Final

from functions.complaints.region import Region

TOKEN: Final = (
    "An access token of the region's identity provider; the person is its `sub`. It is checked as RFC8725 advises: "  # noqa: S105
    "the signature by the issuer's own RSA keys, the issuer, the audience, the expiry. How to come by one stands at the "
    "top of this document."
)
KEY: Final = (
    "An API key. Its scopes are `read`, `write` and `admin`, each including those before it. The operator makes a body's "
    "first one, and `POST /v1/agency/keys` further ones."
)
PARTNER_KEY: Final = (
    "The key of a partner, which files by [Open311](https://wiki.open311.org/GeoReport_v2). Its scope is `file`: beside "
    "filing it opens the partner's own subscriptions, and nothing else. The operator makes it."
)
_TOLD: Final = """\
told() { curl -s "$API/v1/region" | python3 -c "import json, sys; print(json.load(sys.stdin)['sign_in']['$1'])"; }
"""
_COGNITO: Final = """\
CLIENT=$(told client_id) ENDPOINT=$(told endpoint)
cognito() {
  curl -s "$ENDPOINT" -H 'Content-Type: application/x-amz-json-1.1' \\
    -H "X-Amz-Target: AWSCognitoIdentityProviderService.$1" -d "$2"; echo
}
"""
_SIGN_UP: Final = """\
cognito SignUp '{"ClientId": "'$CLIENT'", "Username": "citizen-2", "Password": "Example-only-1234",
  "UserAttributes": [{"Name": "email", "Value": "citizen-2@example.org"}]}'
cognito ConfirmSignUp '{"ClientId": "'$CLIENT'", "Username": "citizen-2", "ConfirmationCode": "123456"}'
"""
_SIGN_IN: Final = """\
SIGNED_IN=$(cognito InitiateAuth '{"ClientId": "'$CLIENT'", "AuthFlow": "USER_PASSWORD_AUTH",
  "AuthParameters": {"USERNAME": "citizen-2", "PASSWORD": "Example-only-1234"}}')
got() { python3 -c "import json, sys; print(json.load(sys.stdin)['AuthenticationResult']['$1'])" <<< "$SIGNED_IN"; }
TOKEN=$(got AccessToken) REFRESH=$(got RefreshToken)
curl -s -H "Authorization: Bearer $TOKEN" "$API/v1/me"
"""
_REFRESH: Final = """\
cognito InitiateAuth '{"ClientId": "'$CLIENT'", "AuthFlow": "REFRESH_TOKEN_AUTH",
  "AuthParameters": {"REFRESH_TOKEN": "'$REFRESH'"}}'
"""


def section(region: Region) -> str:
    """In Markdown, for the region's own provider; `API` in the commands is the document's server."""
    if "issuer" in region.raw["identity"]:
        return f"{_HEADING}\n\n{_by_openid()}"
    return f"{_HEADING}\n\n{_by_cognito(local=region.stage == 'local')}"


_HEADING: Final = (
    "## Signing in\n\nOpen data needs nothing. A person sends `Authorization: Bearer` with an access token, a body with "
    "its API key. `GET /v1/region` says under `sign_in` what an app needs to sign people in: ask it, and build nothing in."
)


def _by_openid() -> str:
    return (
        "People sign up, confirm and sign in at the provider of the region (`issuer`), whose discovery document names its "
        "endpoints. An app is registered there, and uses the authorization code flow with PKCE in the phone's browser "
        "(RFC 8252), with the scopes `openid` and, to refresh, `offline_access`. The token's `aud` must be `audience`.\n\n"
        "```sh\n"
        f"{_TOLD}"
        'curl -s "$(told issuer)/.well-known/openid-configuration"\n'
        "```\n\n"
        "Refreshing is a request to its `token_endpoint`:\n\n"
        "```sh\n"
        'curl -s "$TOKEN_ENDPOINT" -d grant_type=refresh_token -d "client_id=$CLIENT" -d "refresh_token=$REFRESH"\n'
        "```"
    )


def _by_cognito(*, local: bool) -> str:
    said = [
        "People sign up and in at a Cognito user pool, over its own API: that takes no AWS credentials, the app's client "
        "has no secret, and there is no hosted page. Amplify has it for every platform. By hand, where `API` is this "
        "document's server:\n\n"
        f"```sh\n{_TOLD}{_COGNITO}{_SIGN_UP}```\n\n"
        "A password has 12 characters or more, small and capital letters, digits and symbols among them. Signing up sends "
        "a code by e-mail, with which it is confirmed (`ResendConfirmationCode` sends another; `ForgotPassword` and "
        "`ConfirmForgotPassword` set a new password). "
    ]
    if local:
        said.append(
            "On this machine no e-mail is sent and any code is taken, and a password may be sent as it is, which the cloud "
            f"refuses (there it is `USER_SRP_AUTH`, for which one takes a library):\n\n```sh\n{_SIGN_IN}```\n\n"
        )
    else:
        said.append(
            "Signing in is `USER_SRP_AUTH`: the password never leaves the phone, and a library does the arithmetic. "
        )
    said.append(
        "The access token holds for an hour, the refresh token for 90 days. Refresh when a call is answered 401:\n\n"
        f"```sh\n{_REFRESH}```\n\n"
        "The ID token is taken as well; its `locale` is the language of who chose none."
    )
    if local:
        said.append(
            "\n\nShorter: `make citizen NAME=citizen-2` signs one up and prints `export TOKEN=…`, "
            "`make key AGENCY=city_roads` makes a body's key and prints `export KEY=…`."
        )
    return "".join(said)
