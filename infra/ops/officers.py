"""Officers of bodies, where the region has a pool of them: the first head of a body, and whom nobody else can help."""

import argparse
from typing import TYPE_CHECKING

from infra.ops.command import Group, command, done, group, table
from infra.ops.keys import known
from infra.ops.place import Place

if TYPE_CHECKING:
    from functions.route.officers.pool import Pool


def add_to(commands: Group) -> None:
    mine = group(commands, "officers", help="officers of bodies: list, invite, leave, reset, erase")
    listed = command(mine, "list", _list, help="a body's officers, those who left included")
    listed.add_argument("agency", help="also one that has left the region file")
    invite = command(
        mine, "invite", _invite, help="send an invitation, such as to a body's first head", changes=True
    )
    invite.add_argument("agency")
    invite.add_argument("--email", required=True, help="where it is sent, and what they sign in with")
    invite.add_argument("--name", required=True, help="as the body's own people know them")
    invite.add_argument("--role", default="head", choices=["viewer", "officer", "head"])
    invite.add_argument("--language", choices=["kk", "ru", "en"], help="in which they are written to")
    leave = command(
        mine,
        "leave",
        _leave,
        help="let an officer go, also a body's last head; out within 60 s",
        changes=True,
    )
    reset = command(
        mine,
        "reset",
        _reset,
        help="of one who lost a phone: the next sign-in sets up a new one",
        changes=True,
    )
    erase = command(mine, "erase", _erase, help="take off the name of an officer who left", changes=True)
    for parser in (leave, reset, erase):
        parser.add_argument("agency", help="also one that has left the region file")
        parser.add_argument("officer_id")


def _list(place: Place, options: argparse.Namespace) -> int:
    from functions.complaints.clock import iso_or_none
    from functions.records.agencies.officers import officers_of

    rows = [
        (each.id, each.state, each.role, iso_or_none(each.last_seen_at), each.email, each.name)
        for each in officers_of(options.agency)
    ]
    print(table(rows, head=("officer", "state", "role", "last seen", "e-mail", "name")))
    return 0


def _invite(place: Place, options: argparse.Namespace) -> int:
    from functions.complaints.clock import utc_now
    from functions.complaints.complaint import Role
    from functions.records.agencies.officers import invited

    agency_id, pool = known(place, options.agency), _pool(place)
    print(f"invite {options.email} to {agency_id}, as {options.role}")
    if options.apply:
        officer = invited(
            agency_id,
            email=options.email,
            name=options.name,
            role=Role(options.role),
            language=options.language,
            created_by="operator",
            now=utc_now(),
        )
        pool.invite(officer.id, email=options.email, again=True)
        print(officer.id)
    return done(options)


def _leave(place: Place, options: argparse.Namespace) -> int:
    from functions.records.agencies.officers import let_go, officer_of

    officer, pool = officer_of(options.agency, options.officer_id), _pool(place)
    print(f"{officer.id} ({officer.name}) leaves {options.agency}")
    if options.apply:
        let_go(officer, last_head_too=True)
        pool.let_go(officer.id)
    return done(options)


def _reset(place: Place, options: argparse.Namespace) -> int:
    from functions.complaints.clock import utc_now
    from functions.records.agencies.officers import officer_of, signed_out

    officer, pool = officer_of(options.agency, options.officer_id), _pool(place)
    print(f"{officer.id} ({officer.name}) of {options.agency} is signed out, and sets up a new second factor")
    if options.apply:
        signed_out(officer, now=utc_now())
        pool.reset_second_factor(officer.id)
    return done(options)


def _erase(place: Place, options: argparse.Namespace) -> int:
    from functions.records.agencies.officers import forget, officer_of

    officer, pool = officer_of(options.agency, options.officer_id), _pool(place)
    print(f"take off the name of {officer.id}, who left {options.agency}")
    if options.apply:
        forget(officer)
        pool.forget(officer.id)
    return done(options)


def _pool(place: Place) -> "Pool":
    """Raises NotThere where the region's officers are an issuer's, or there are none."""
    from functions.route.officers.pool import Pool

    return Pool(
        cognito=place.client("cognito-idp"),
        id=place.variable("OFFICERS_POOL_ID"),
        second_factor=place.region.stage != "local",
    )
