"""Bodies that are no more and categories that are given up: who has what is open, on each day on which one of them goes."""

from collections.abc import Iterator, Mapping

from infra.region.document import Document
from infra.region.finding import Finding
from infra.region.source import Node
from infra.region.words import meant


def successors_are_there(document: Document) -> Iterator[Finding]:
    """A successor exists, and is not gone on the day on which it is to take over."""
    for key, what, unknown in (
        ("agencies", "agency", "unknown-agency"),
        ("categories", "category", "unknown-category"),
    ):
        known = document.region.by_id(key)
        for name, item in known.items():
            place = item.at("retired", "moved_to")
            heir = None if place is None else place.text()
            if place is None or heir is None:
                continue
            if heir not in known:
                yield place.fault(
                    unknown,
                    f"There is no {what} {heir!r}.{meant(heir, tuple(known))}",
                    f"Name one of the {key} of this file, or add this one to them.",
                )
            elif heir == name or _is_gone(known[heir], on=_since(item) or ""):
                yield place.fault(
                    "retired-to",
                    f"{heir!r} is retired itself when {name!r} is.",
                    f"Name the {what} that is there from then on.",
                )


def somebody_takes_over(document: Document) -> Iterator[Finding]:
    """Of those that name a successor, `successors_are_there` says what is wrong with it."""
    agencies = document.region.by_id("agencies")
    for name, item in agencies.items():
        day, place = _since(item), item.get("retired")
        if day is None or place is None or place.get("moved_to") is not None:
            continue
        if _in_office(agencies, name, on=day) is None:
            yield place.fault(
                "retired-to",
                f"From {day} on {name!r} is no more, and nobody has what it had.",
                "Name the body that takes over in moved_to.",
            )


def ladders_stand_without_them(document: Document) -> Iterator[Finding]:
    """On each of these days no ladder returns, and whoever answers for a category then has a body above it."""
    agencies = document.region.by_id("agencies")
    told: set[str] = set()
    nobody = any(True for _ in somebody_takes_over(document))
    for day in _days(agencies):
        for name, item in agencies.items():
            path = _path(agencies, name, on=day)
            if not _is_gone(item, on=day) and path[-1] in path[:-1] and name in path[1:] and name not in told:
                told |= set(path)
                place = item.get("parent") or item
                yield place.fault(
                    "ladder-loop",
                    f"From {day} on the ladder returns: {' → '.join(path)}.",
                    f"Give {name!r} the body as its parent that is above it then.",
                )
        if nobody:
            # The ladder ends where nobody has what a body had: that is said once.
            continue
        for place in _answering(document):
            heir = _in_office(agencies, place.text() or "", on=day)
            if heir is not None and heir not in told and len(_path(agencies, heir, on=day)) == 1:
                told.add(heir)
                yield place.fault(
                    "ladder-end",
                    f"From {day} on {heir!r} answers for categories and has nobody above it.",
                    "Name a body with a parent, to whom a missed deadline is escalated.",
                )


def _days(agencies: Mapping[str, Node]) -> list[str]:
    return sorted({day for item in agencies.values() if (day := _since(item)) is not None})


def _since(item: Node) -> str | None:
    place = item.at("retired", "since")
    return None if place is None else place.text()


def _is_gone(item: Node, *, on: str) -> bool:
    since = _since(item)
    return since is not None and since <= on


def _in_office(agencies: Mapping[str, Node], name: str | None, *, on: str) -> str | None:
    """As `functions.complaints.retirement.in_office`."""
    seen: set[str] = set()
    while name is not None and name in agencies and name not in seen:
        seen.add(name)
        item = agencies[name]
        if not _is_gone(item, on=on):
            return name
        place = item.at("retired", "moved_to")
        name = (None if place is None else place.text()) or item.text("parent")
    return None


def _path(agencies: Mapping[str, Node], start: str, *, on: str) -> list[str]:
    """The ladder from `start` up; ends at the top or with the first body that returns."""
    path = [start]
    while (above := _in_office(agencies, agencies[path[-1]].text("parent"), on=on)) is not None:
        path.append(above)
        if above in path[:-1]:
            break
    return path


def _answering(document: Document) -> Iterator[Node]:
    for category in document.region.items("categories"):
        default = category.at("responsible", "default")
        if default is not None:
            yield default
        districts = category.at("responsible", "districts")
        yield from districts.fields().values() if districts else ()


RULES = (successors_are_there, somebody_takes_over, ladders_stand_without_them)
