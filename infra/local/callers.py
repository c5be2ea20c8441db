"""`make citizen`, `make key` and `make officer`: further callers of what `make up` runs, as variables for a shell.

eval "$(make -s citizen NAME=citizen-2)"
"""

import argparse
import re
import sys
from typing import Final

from infra.local import emulator
from infra.local.cast import agency_key
from infra.local.citizen import Caller, sign_in
from infra.local.deployed import Deployed, deployed
from infra.local.officers import ROLES, make_officer

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")


def main(arguments: list[str] | None = None) -> int:
    """0 with the variable printed, 1 where nothing runs, 2 where what was asked for cannot be."""
    parser = argparse.ArgumentParser(prog="python -m infra.local.callers", description=__doc__)
    kinds = parser.add_subparsers(required=True)
    citizen = kinds.add_parser("citizen", help="sign a citizen up, if need be, and in")
    citizen.add_argument("name", type=_name)
    citizen.set_defaults(run=lambda here, asked: _citizen(here, asked.name))
    key = kinds.add_parser("key", help="make a key of a body, with every scope, for a day")
    key.add_argument("agency")
    key.set_defaults(run=lambda here, asked: _key(here, asked.agency))
    officer = kinds.add_parser("officer", help="make an officer of a body, who may sign in to the desk")
    officer.add_argument("agency")
    officer.add_argument("role", choices=[*ROLES])
    officer.set_defaults(run=lambda here, asked: _officer(here, asked.agency, role=asked.role))
    asked = parser.parse_args(arguments)
    known = emulator.find()
    if known is None:
        print("Nothing runs here: `make up` first.", file=sys.stderr)
        return 1
    return int(asked.run(deployed(known), asked))


def _name(text: str) -> str:
    if _NAME.fullmatch(text) is None:
        raise argparse.ArgumentTypeError(f"{text!r} is not made of small letters, digits, - and _")
    return text


def _citizen(here: Deployed, name: str) -> int:
    print(f"export TOKEN='{sign_in(here, name).token}'")
    return 0


def _key(here: Deployed, agency: str) -> int:
    if not _is_body(here, agency):
        return 2
    print(f"export KEY='{agency_key(here, agency, name='by hand')}'")
    return 0


def _officer(here: Deployed, agency: str, *, role: str) -> int:
    if not _is_body(here, agency):
        return 2
    officer = make_officer(here, agency, role=role)
    print(f"export OFFICER='{officer.username}'")
    print(f"The password is {officer.password}.", file=sys.stderr)
    return 0


def _is_body(here: Deployed, agency: str) -> bool:
    listed = Caller(base=here.api_url, token=None).get("/v1/agencies").body["items"]
    bodies = [each["id"] for each in listed]
    if agency not in bodies:
        print(f"There is no body {agency!r}; there are {', '.join(bodies)}.", file=sys.stderr)
    return agency in bodies


if __name__ == "__main__":
    sys.exit(main())
