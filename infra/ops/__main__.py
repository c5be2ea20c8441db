"""The operator's commands: `python -m infra.ops --region pavlodar …`.

They work on a region's deployment with the credentials of whoever calls them (the usual AWS variables, profile and
AWS_ENDPOINT_URL). What changes something is only said until it is asked for with --apply.
"""

import argparse
import sys

from infra.ops import (
    chain,
    dead_letters,
    deadlines,
    keys,
    person,
    restore,
    set_aside,
    subscriptions,
    trace,
    watches,
)
from infra.ops.place import NotThere, find
from infra.region import RegionFault, region_ids


def main(arguments: list[str] | None = None) -> int:
    """0 when all is well, 1 where something was found or failed, 2 when asked wrongly."""
    options = parser().parse_args(arguments)
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


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="python -m infra.ops", description=__doc__)
    top.add_argument("--region", required=True, choices=region_ids(), help="the region file's name")
    commands = top.add_subparsers(required=True, metavar="COMMAND")
    for module in (
        dead_letters,
        set_aside,
        watches,
        keys,
        subscriptions,
        deadlines,
        chain,
        person,
        restore,
        trace,
    ):
        module.add_to(commands)
    return top


if __name__ == "__main__":
    sys.exit(main())
