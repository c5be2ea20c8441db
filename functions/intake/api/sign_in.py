"""What an app needs to sign people in: a user pool of the deployment's own, or an OpenID Connect issuer of the region's."""

from collections.abc import Mapping
from typing import Annotated, Final
from urllib.parse import urlsplit

from functions.complaints.region import Region
from functions.edge.fields import View, described, one_of

USER_POOL: Final = ("USER_POOL_ISSUER", "USER_POOL_CLIENT_ID")
"""In the environment, where the region has one."""
_BY_COGNITO: Final = ("USER_SRP_AUTH", "REFRESH_TOKEN_AUTH")
# A password on the wire is for the emulator alone.
_LOCALLY: Final = ("USER_PASSWORD_AUTH",)
_BY_OPENID: Final = ("authorization_code",)


class SignIn(View):
    """How an app signs people in; what it then sends as `Authorization: Bearer …`."""

    provider: Annotated[
        str,
        one_of("cognito", "openid_connect"),
        described(
            "`cognito`: by Cognito's own API. `openid_connect`: as the issuer's discovery document says."
        ),
    ]
    issuer: Annotated[
        str,
        described(
            "`iss` of its tokens. Where the provider is `openid_connect`, "
            "`<issuer>/.well-known/openid-configuration` says the rest."
        ),
    ]
    client_id: Annotated[
        str | None,
        described(
            "The app's client of the user pool; it has no secret. Null where an app registers with the issuer."
        ),
    ]
    audience: Annotated[
        str, described("What tokens must name as `aud` (an access token of Cognito: as `client_id`).")
    ]
    endpoint: Annotated[str | None, described("Where Cognito's API is called; null elsewhere.")]
    flows: Annotated[
        list[str],
        described(
            "The ways that are let in: Cognito's `AuthFlow`, or OAuth's grant, for which an app needs PKCE (RFC 8252). "
            "`USER_PASSWORD_AUTH` is there on a developer's machine alone."
        ),
    ]


def sign_in_of(region: Region, environment: Mapping[str, str]) -> SignIn:
    """Raises KeyError where the region has a user pool and the environment does not say which."""
    identity = region.raw["identity"]
    if "issuer" in identity:
        return SignIn(
            provider="openid_connect",
            issuer=identity["issuer"],
            client_id=None,
            audience=identity["audience"],
            endpoint=None,
            flows=list(_BY_OPENID),
        )
    issuer, client_id = (environment[name] for name in USER_POOL)
    address = urlsplit(issuer)
    return SignIn(
        provider="cognito",
        issuer=issuer,
        client_id=client_id,
        audience=client_id,
        endpoint=environment.get("AWS_ENDPOINT_URL") or f"{address.scheme}://{address.netloc}",
        flows=[*(_LOCALLY if region.stage == "local" else ()), *_BY_COGNITO],
    )
