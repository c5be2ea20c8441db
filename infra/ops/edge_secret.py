"""The secret that CloudFront shows to the API: a new one, while the one before is still accepted."""

import argparse
import json
import secrets
import string
from typing import Any, Final

from functions.edge.origin import BEFORE, LEAST, SHOWN
from infra.ops.command import Group, command, done, group
from infra.ops.place import NotThere, Place

LENGTH: Final = 40
NONE: Final = "none"
THEN: Final = (
    "then raise edge_revision in the region file and deploy, before anything else is deployed: functions take both values, "
    "and only then does CloudFront show the new one"
)


def add_to(commands: Group) -> None:
    mine = group(commands, "edge-secret", help="the secret between CloudFront and the API: rotate, forget")
    command(
        mine,
        "rotate",
        _rotate,
        help="a new value to show; the one that is shown now stays accepted",
        changes=True,
    )
    command(mine, "forget", _forget, help="the value before is accepted no more", changes=True)


def _rotate(place: Place, options: argparse.Namespace) -> int:
    client, name, value = _now(place)
    if len(value[BEFORE]) >= LEAST:
        print(
            f"{name} still has a value before: once the last new one is deployed, `edge-secret forget` first"
        )
        return 1
    print(f"a new value of {name}; {THEN}")
    if options.apply:
        _put(client, name, shown=_made(), before=value[SHOWN])
    return done(options)


def _forget(place: Place, options: argparse.Namespace) -> int:
    client, name, value = _now(place)
    print(f"{name} without the value before; then raise edge_revision in the region file and deploy")
    if options.apply:
        _put(client, name, shown=value[SHOWN], before=NONE)
    return done(options)


def _now(place: Place) -> tuple[Any, str, dict[str, str]]:
    """The client, the secret's name and its values. Raises NotThere where the region has no domain."""
    client, name = place.client("secretsmanager"), f"{place.stack}/edge"
    try:
        text = client.get_secret_value(SecretId=name)["SecretString"]
    except client.exceptions.ResourceNotFoundException:
        raise NotThere(f"{place.stack} has no secret {name}: it has no domain") from None
    return client, name, json.loads(text)


def _put(client: Any, name: str, *, shown: str, before: str) -> None:
    client.put_secret_value(SecretId=name, SecretString=json.dumps({SHOWN: shown, BEFORE: before}))


def _made() -> str:
    """Of letters and digits alone, as AWS makes the first one."""
    return "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(LENGTH))
