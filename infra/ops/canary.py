"""The canary's person: made in the region's pool, and signed in for as long as its client lets it be."""

import argparse
import secrets
from typing import Any, Final

from infra.ops.command import Group, command, done, group
from infra.ops.place import Place

USERNAME: Final = "canary"
_ADDRESS: Final = "canary@qamqor.invalid"
"""Which the pool demands, and nothing is sent to: RFC 2606 keeps the name from being anybody's."""


def add_to(commands: Group) -> None:
    mine = group(commands, "canary", help="the person that the canary files as: sign-in")
    command(
        mine,
        "sign-in",
        _sign_in,
        help="make the person, if need be, and sign it in anew; whatever it was signed in with before ends",
        changes=True,
    )


def _sign_in(place: Place, options: argparse.Namespace) -> int:
    """Raises NotThere where the region has no canary."""
    client_id, secret = place.variable("CANARY_CLIENT_ID"), place.variable("CANARY_SECRET")
    pool = place.variable("USER_POOL_ISSUER").rpartition("/")[2]
    print(f"sign {USERNAME} of {pool} in, and put what the canary signs in with into {secret}")
    if options.apply:
        token = _signed_in(place.client("cognito-idp"), pool=pool, client_id=client_id)
        place.client("secretsmanager").put_secret_value(SecretId=secret, SecretString=token)
    return done(options)


def _signed_in(cognito: Any, *, pool: str, client_id: str) -> str:
    """A refresh token. The password is known to nobody, and is another each time."""
    try:
        cognito.admin_create_user(
            UserPoolId=pool,
            Username=USERNAME,
            MessageAction="SUPPRESS",
            UserAttributes=[
                {"Name": "email", "Value": _ADDRESS},
                {"Name": "email_verified", "Value": "true"},
            ],
        )
    except cognito.exceptions.UsernameExistsException:
        cognito.admin_user_global_sign_out(UserPoolId=pool, Username=USERNAME)
    password = f"{secrets.token_urlsafe(32)}-Aa1"
    cognito.admin_set_user_password(UserPoolId=pool, Username=USERNAME, Password=password, Permanent=True)
    answer = cognito.admin_initiate_auth(
        UserPoolId=pool,
        ClientId=client_id,
        AuthFlow="ADMIN_USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": USERNAME, "PASSWORD": password},
    )
    return str(answer["AuthenticationResult"]["RefreshToken"])
