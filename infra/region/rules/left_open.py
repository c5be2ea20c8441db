"""What a new file left open: every question that the template asks is refused until it is answered."""

from collections.abc import Iterator
from typing import Final

from infra.region.document import Document
from infra.region.finding import Finding
from infra.region.geojson import Feature
from infra.region.source import Node

TO_DO: Final = "TODO"
NO_PREFIX: Final = "XXX"
NO_ACCOUNT: Final = "000000000000"
"""The number that no account has."""
_WEST, _SOUTH, _EAST, _NORTH = 67.0, 48.0, 67.28, 48.18
RECTANGLE: Final = ((_WEST, _SOUTH), (_EAST, _SOUTH), (_EAST, _NORTH), (_WEST, _NORTH), (_WEST, _SOUTH))
"""Around the middle of Kazakhstan, some 20 km by 20 km."""


def words_are_written(document: Document) -> Iterator[Finding]:
    for name, place in _named(document.region):
        text = place.text()
        if text is not None and TO_DO in text:
            yield place.fault("still-to-do", f"{name} still says {text!r}.", "Fill it in.")


def _named(node: Node, name: str = "") -> Iterator[tuple[str, Node]]:
    """Every value with its name: the keys that lead to it, and of a list's items their ids."""
    children = [*node.fields().items(), *((item.text("id") or "", item) for item in node.items())]
    for key, child in children:
        yield from _named(child, f"{name}.{key}" if name else key)
    if not children:
        yield name, node


def numbers_have_a_beginning(document: Document) -> Iterator[Finding]:
    place = document.region.get("number_prefix")
    if place is not None and place.text() == NO_PREFIX:
        yield place.fault(
            "still-to-do",
            f"The prefix of numbers is still {NO_PREFIX}.",
            "Write three letters that no other region has: they begin every number, and people read them out.",
        )


def account_is_given(document: Document) -> Iterator[Finding]:
    place = document.region.at("aws", "account")
    if place is not None and place.text() == NO_ACCOUNT and not document.local:
        yield place.fault(
            "aws-account", f"{NO_ACCOUNT} is no account.", "Write the number of the account to deploy into."
        )


def copies_go_to_another_account(document: Document) -> Iterator[Finding]:
    first, second = document.region.at("aws", "account"), document.region.at("backup", "account")
    if first is not None and second is not None and first.text() == second.text():
        yield second.fault(
            "aws-account",
            "The copies would lie in the account that they are to outlive.",
            "Write the number of another account of the organisation.",
        )


def somebody_is_woken(document: Document) -> Iterator[Finding]:
    email = document.region.at("alarms", "email")
    place = email or document.region.get("alarms") or document.region
    if not document.local and (email is None or email.value == []):
        yield place.fault("alarm-receiver", "Nobody receives alarms.", "Add an address under alarms.email.")


def areas_are_named_and_drawn(document: Document) -> Iterator[Finding]:
    geography = document.geography
    if geography is None:
        return
    boundary = [] if geography.boundary is None else [geography.boundary]
    for feature in (*boundary, *geography.districts):
        for language, name in feature.name.items():
            if TO_DO in name:
                said = f"name.{language} of the {feature.kind} {feature.id!r} still says {name!r}."
                yield Finding(geography.file, feature.line, "still-to-do", said, "Fill it in.")
    for feature in filter(_is_the_rectangle, boundary):
        yield Finding(
            geography.file,
            feature.line,
            "still-to-do",
            f"The boundary {feature.id!r} is still the rectangle of a new file.",
            "Put the official boundary there, and the districts that fill it.",
        )


def _is_the_rectangle(feature: Feature) -> bool:
    return [set(ring) for polygon in feature.polygons for ring in polygon] == [set(RECTANGLE)]


RULES = (
    words_are_written,
    numbers_have_a_beginning,
    account_is_given,
    copies_go_to_another_account,
    somebody_is_woken,
    areas_are_named_and_drawn,
)
