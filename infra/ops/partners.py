"""Partners: whose apps and sites file through Open311 what people report there."""

import argparse
from datetime import timedelta

from infra.ops.command import Group, command, done, duration, group, table
from infra.ops.place import Place


def add_to(commands: Group) -> None:
    mine = group(commands, "partners", help="partners that file through Open311: list, create, revoke")
    command(mine, "list", _list, help="all partners' keys; never their secrets, which nobody has")
    create = command(
        mine, "create", _create, help="a key for a partner; its token is shown this once", changes=True
    )
    create.add_argument("partner", help="its id, of small letters, digits, - and _; a second key for one too")
    create.add_argument("--name", required=True, help="who it is, so that the list can be read")
    create.add_argument(
        "--valid", type=duration, default=timedelta(days=365), metavar="P365D", help="how long"
    )
    revoke = command(
        mine,
        "revoke",
        _revoke,
        help="end a key at once, and with a partner's last one its subscriptions",
        changes=True,
    )
    revoke.add_argument("key_id")


def _list(place: Place, options: argparse.Namespace) -> int:
    from functions.complaints.clock import iso_or_none, utc_now
    from functions.records.agencies.partners import partner_keys

    rows = [
        (
            key.partner_id,
            key.id,
            "valid" if key.is_valid(utc_now()) else "ended",
            iso_or_none(key.expires_at),
            iso_or_none(key.last_used_at),
            key.name,
        )
        for key in sorted(partner_keys(), key=lambda key: (key.partner_id, key.created_at))
    ]
    print(table(rows, head=("partner", "key", "state", "expires", "last used", "name")))
    return 0


def _create(place: Place, options: argparse.Namespace) -> int:
    from functions.complaints.clock import iso, utc_now
    from functions.records.agencies.partners import create_partner_key, require_partner_id

    require_partner_id(options.partner)
    expires_at = utc_now() + options.valid
    print(f"a key for the partner {options.partner}, to file, until {iso(expires_at)}")
    if options.apply:
        made = create_partner_key(options.partner, name=options.name, expires_at=expires_at, now=utc_now())
        print(f"{made.key_id}\n{made.token}")
    return done(options)


def _revoke(place: Place, options: argparse.Namespace) -> int:
    from functions.complaints.clock import utc_now
    from functions.complaints.partners import subject_of
    from functions.records.agencies.partners import partner_key, partner_keys, revoke_partner_key
    from functions.records.agencies.subscriptions import subscriptions_of

    key = partner_key(options.key_id)
    print(f"revoke {key.id} ({key.name}) of the partner {key.partner_id}")
    others = (each for each in partner_keys() if each.partner_id == key.partner_id and each.id != key.id)
    is_last = not any(each.is_valid(utc_now()) for each in others)
    ending = subscriptions_of(subject_of(key.partner_id)) if is_last else ()
    for each in ending:
        print(f"it has no other key: its subscription {each.id} to {each.url} ends with it")
    if options.apply:
        revoke_partner_key(options.key_id, now=utc_now())
        for each in ending:
            each.delete()
    return done(options)
