"""API keys of agencies, and what was agreed with an agency beside the region file."""

import argparse
from datetime import timedelta

from infra.ops.command import Group, command, done, duration, group, table
from infra.ops.durations import spoken
from infra.ops.place import NotThere, Place


def add_to(commands: Group) -> None:
    mine = group(commands, "keys", help="API keys of agencies: list, make, rotate, revoke")
    listed = command(mine, "list", _list, help="an agency's keys; never their secrets, which nobody has")
    listed.add_argument("agency", help="also one that has left the region file")
    make = command(mine, "make", _make, help="a new key; its token is shown this once", changes=True)
    make.add_argument("agency")
    make.add_argument(
        "--name", required=True, help="whose it is, so that a list can be read: 'case system, test'"
    )
    make.add_argument("--scopes", nargs="+", default=["read", "write"], choices=["read", "write", "admin"])
    make.add_argument("--valid", type=duration, default=timedelta(days=365), metavar="P365D", help="how long")
    rotate = command(
        mine, "rotate", _rotate, help="a new key in place of one, which ends a little later", changes=True
    )
    rotate.add_argument("agency")
    rotate.add_argument("key_id")
    rotate.add_argument(
        "--overlap", type=duration, default=timedelta(days=1), metavar="PT24H", help="how long both are valid"
    )
    revoke = command(mine, "revoke", _revoke, help="end a key; it is out within 60 seconds", changes=True)
    revoke.add_argument("agency", help="also one that has left the region file")
    revoke.add_argument("key_id")
    agree = command(mine, "agree", _agree, help="how many requests a minute an agency may make", changes=True)
    agree.add_argument("agency")
    agree.add_argument("requests_per_minute", type=int, help="0: the general limit again")


def _list(place: Place, options: argparse.Namespace) -> int:
    from functions.complaints.clock import iso_or_none, utc_now
    from functions.records.agencies.keys import keys_of

    rows = [
        (
            key.key_id,
            "valid" if key.is_valid(utc_now()) else "ended",
            ",".join(key.scopes),
            iso_or_none(key.expires_at),
            iso_or_none(key.last_used_at),
            key.name,
        )
        for key in keys_of(options.agency)
    ]
    print(table(rows, head=("key", "state", "scopes", "expires", "last used", "name")))
    return 0


def _make(place: Place, options: argparse.Namespace) -> int:
    from functions.complaints.clock import iso, utc_now
    from functions.records.agencies.keys import create_key

    agency_id = known(place, options.agency)
    expires_at = utc_now() + options.valid
    print(f"a key for {agency_id}, {'/'.join(options.scopes)}, until {iso(expires_at)}")
    if options.apply:
        made = create_key(
            agency_id,
            scopes=tuple(options.scopes),
            name=options.name,
            expires_at=expires_at,
            now=utc_now(),
        )
        print(f"{made.key_id}\n{made.token}")
    return done(options)


def _rotate(place: Place, options: argparse.Namespace) -> int:
    from functions.complaints.clock import utc_now
    from functions.records.agencies.keys import key_of, rotate_key

    agency_id = known(place, options.agency)
    key = key_of(agency_id, options.key_id)
    print(f"a new key in place of {key.key_id} ({key.name}), which ends after {spoken(options.overlap)}")
    if options.apply:
        made = rotate_key(agency_id, options.key_id, overlap=options.overlap, now=utc_now())
        print(f"{made.key_id}\n{made.token}")
    return done(options)


def _revoke(place: Place, options: argparse.Namespace) -> int:
    from functions.complaints.clock import utc_now
    from functions.records.agencies.keys import key_of, revoke_key

    key = key_of(options.agency, options.key_id)
    print(f"revoke {key.key_id} ({key.name}) of {options.agency}")
    if options.apply:
        revoke_key(options.agency, options.key_id, now=utc_now())
    return done(options)


def _agree(place: Place, options: argparse.Namespace) -> int:
    from functions.complaints.clock import utc_now
    from functions.records.agencies.agreements import agree

    agency_id = known(place, options.agency)
    limit = options.requests_per_minute or None
    print(f"{agency_id}: {'the general limit' if limit is None else f'{limit} requests a minute'}")
    if options.apply:
        agree(agency_id, requests_per_minute=limit, now=utc_now())
    return done(options)


def known(place: Place, agency_id: str) -> str:
    """The id, if the region file has such a body: a key of a misspelt one would open nothing and look well."""
    if agency_id not in place.region.agencies:
        raise NotThere(f"{place.region.id} has no agency {agency_id!r}")
    return agency_id
