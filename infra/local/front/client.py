"""The pool's client by which the desk signs officers in, told where the desk stands on this machine."""

from typing import Any, Final

from infra.local.deployed import Deployed

_OF_THE_ANSWER: Final = frozenset({"ClientSecret", "CreationDate", "LastModifiedDate"})
SCOPES: Final = ("openid", "email", "profile")


def officers_pool(deployed: Deployed) -> tuple[str, str]:
    """The pool of officers and the client of the desk in it; citizens' own where officers have none."""
    if deployed.officers_pool_id:
        return deployed.officers_pool_id, deployed.officers_client_id
    return deployed.user_pool_id, deployed.client_id


def let_sign_in(deployed: Deployed, *, desk: str) -> None:
    """From that address, and to it alone: the emulator sends nobody anywhere else."""
    cognito = deployed.emulator.client("cognito-idp")
    pool, client = officers_pool(deployed)
    known: dict[str, Any] = cognito.describe_user_pool_client(UserPoolId=pool, ClientId=client)[
        "UserPoolClient"
    ]
    # What is not said again is forgotten; the emulator also says what was never set, as nothing.
    kept = {name: value for name, value in known.items() if name not in _OF_THE_ANSWER and value != ""}
    cognito.update_user_pool_client(
        **kept
        | {
            "CallbackURLs": [desk],
            "LogoutURLs": [desk],
            "AllowedOAuthFlows": ["code"],
            "AllowedOAuthScopes": [*SCOPES],
            "AllowedOAuthFlowsUserPoolClient": True,
            "SupportedIdentityProviders": ["COGNITO"],
        }
    )
