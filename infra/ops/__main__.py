"""The operator's commands: `python -m infra.ops --region pavlodar …`.

They work on a region's deployment with the credentials of whoever calls them (the usual AWS variables, profile and
AWS_ENDPOINT_URL). What changes something is only said until it is asked for with --apply.
"""

import argparse
import sys

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    EndpointConnectionError,
    NoCredentialsError,
    PartialCredentialsError,
    TokenRetrievalError,
)

from infra.ops import (
    canary,
    chain,
    dead_letters,
    deadlines,
    edge_secret,
    keys,
    officers,
    partners,
    person,
    publicity,
    restore,
    set_aside,
    subscriptions,
    trace,
    watches,
)
from infra.ops.place import NotThere, find
from infra.region import RegionFault, region_ids
from infra.standard_output import that_may_close


def main(arguments: list[str] | None = None) -> int:
    """0 when all is well, 1 where something was found or failed, 2 when asked wrongly."""
    options, status = parser().parse_args(arguments), 0
    with that_may_close():
        try:
            status = _run(options)
        except (BotoCoreError, ClientError) as error:
            print(said(error), file=sys.stderr)
            return 2
    return status


def _run(options: argparse.Namespace) -> int:
    try:
        place = find(options.region)
    except (NotThere, RegionFault) as error:
        print(error, file=sys.stderr)
        return 2
    from functions.complaints.faults import Conflict, Invalid, NotFound

    try:
        return int(options.run(place, options))
    except NotThere as error:
        print(error, file=sys.stderr)
        return 2
    except NotFound as error:
        print(f"not found: {error}", file=sys.stderr)
        return 2
    except (Conflict, Invalid, ValueError) as error:
        print(f"refused: {error}", file=sys.stderr)
        return 1


def said(error: BotoCoreError | ClientError) -> str:
    """What AWS, or the way to it, did not do, and what to do about it."""
    match error:
        case NoCredentialsError() | PartialCredentialsError() | TokenRetrievalError():
            return (
                "no AWS credentials: sign in to the region's account (`aws sso login`, AWS_PROFILE). For this machine's "
                "emulator use --region local while `make up` runs."
            )
        case EndpointConnectionError():
            return f"nothing answers: {error}. Is AWS_ENDPOINT_URL what you mean, and is there a network?"
        case ClientError():
            told = error.response.get("Error", {})
            return f"AWS refused {error.operation_name}: {told.get('Code')}: {told.get('Message')}"
    return f"AWS was not asked: {error}"


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="python -m infra.ops", description=__doc__)
    top.add_argument("--region", required=True, choices=region_ids(), help="the region file's name")
    commands = top.add_subparsers(required=True, metavar="COMMAND")
    for module in (
        dead_letters,
        set_aside,
        watches,
        keys,
        officers,
        partners,
        subscriptions,
        deadlines,
        chain,
        person,
        publicity,
        restore,
        edge_secret,
        canary,
        trace,
    ):
        module.add_to(commands)
    return top


if __name__ == "__main__":
    sys.exit(main())
