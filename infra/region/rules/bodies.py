"""Bodies, who answers for what, and the ladder above them."""

from collections.abc import Iterator

from infra.region.document import Document
from infra.region.finding import Finding
from infra.region.source import Node
from infra.region.words import meant


def same_id_twice(document: Document) -> Iterator[Finding]:
    yield from _doubles(document.own.items("agencies"), "agency")
    yield from _doubles(document.own.items("categories"), "category")
    yield from _doubles(document.own.items("category_groups"), "group")
    for category in document.region.items("categories"):
        yield from _doubles(category.items("questions"), "question")
        for question in category.items("questions"):
            yield from _doubles(question.items("choices"), "choice")


def _doubles(items: list[Node], what: str) -> Iterator[Finding]:
    seen: set[str] = set()
    for item in items:
        name = item.text("id")
        if name is not None and name in seen:
            place = item.get("id") or item
            yield place.fault(
                "duplicate-id", f"The {what} {name!r} stands here twice.", "Rename one, or remove it."
            )
        seen.add(name or "")


def region_named_as_file(document: Document) -> Iterator[Finding]:
    place = document.own.get("region")
    if place is not None and place.text() not in (None, document.file.stem):
        yield place.fault(
            "region-id",
            f"The region is {place.text()!r} and the file {document.file.name}.",
            f"Name the file {place.text()}.yaml, or the region {document.file.stem}.",
        )


def categories_changed_exist(document: Document) -> Iterator[Finding]:
    """A file that extends another and misspells a category would otherwise add a new, half-empty one."""
    if document.own.get("extends") is None:
        return
    for what, key, rule in (
        ("category", "categories", "unknown-category"),
        ("agency", "agencies", "unknown-agency"),
    ):
        for item in document.own.items(key):
            if (place := item.get("id")) is None or item.get("name") is not None:
                continue
            merged = document.region.by_id(key).get(place.text() or "")
            if merged is not None and merged.get("name") is None:
                others = tuple(
                    name for name, node in document.region.by_id(key).items() if node.get("name") is not None
                )
                yield place.fault(
                    rule,
                    f"The extended file has no {what} {place.text()!r}.{meant(place.text(), others)}",
                    f"Write the id of one of its {key}, or describe a new one whole.",
                )


def agencies_exist(document: Document) -> Iterator[Finding]:
    agencies = document.region.by_id("agencies")
    named = [agency.get("parent") for agency in document.region.items("agencies")]
    for category in document.region.items("categories"):
        named.append(category.at("responsible", "default"))
        if districts := category.at("responsible", "districts"):
            named.extend(districts.fields().values())
    for place in named:
        name = None if place is None else place.text()
        if place is not None and name is not None and name not in agencies:
            yield place.fault(
                "unknown-agency",
                f"There is no agency {name!r}.{meant(name, tuple(agencies))}",
                "Name one of the agencies of this file, or add this one to them.",
            )


def districts_exist(document: Document) -> Iterator[Finding]:
    if document.geography is None or not document.geography.districts:
        return
    known = tuple(district.id for district in document.geography.districts)
    for category in document.region.items("categories"):
        districts = category.at("responsible", "districts")
        for name, place in districts.fields().items() if districts else ():
            if name not in known:
                yield place.fault(
                    "unknown-district",
                    f"There is no district {name!r}.{meant(name, known)}",
                    f"Name one of the districts of {document.geography.file.name}: {', '.join(known)}.",
                )


def somebody_owns_every_category(document: Document) -> Iterator[Finding]:
    districts = () if document.geography is None else document.geography.districts
    if not districts:
        return
    for category in document.region.items("categories"):
        place = category.get("responsible")
        if place is None or place.text("default") is not None:
            continue
        served = place.fields("districts")
        without = [district.id for district in districts if district.id not in served]
        if without:
            yield place.fault(
                "category-unowned",
                f"Nobody answers for {category.text('id')!r} in {', '.join(without)}.",
                "Name a default body, or a body for each of these districts.",
            )


def ladders_have_no_loop(document: Document) -> Iterator[Finding]:
    agencies = document.region.by_id("agencies")
    told: set[frozenset[str]] = set()
    for start in agencies:
        path = _path(agencies, start)
        if path[-1] not in path[:-1]:
            continue
        loop = path[path.index(path[-1]) :]
        if frozenset(loop) not in told:
            told.add(frozenset(loop))
            place = agencies[loop[0]].get("parent") or agencies[loop[0]]
            yield place.fault(
                "ladder-loop",
                f"The ladder returns: {' → '.join(loop)}.",
                "Give the highest of these bodies a parent outside the loop, or null.",
            )


def ladders_have_an_end(document: Document) -> Iterator[Finding]:
    """A body that answers needs a body above it: a missed deadline has to go somewhere."""
    agencies = document.region.by_id("agencies")
    tops = [name for name, agency in agencies.items() if _is_top(agency)]
    if agencies and not tops and not any(True for _ in ladders_have_no_loop(document)):
        place = document.region.get("agencies") or document.region
        yield place.fault("ladder-end", "No agency says `parent: null`.", "Say so of the highest body.")
    for name in sorted(_responsible(document) & set(tops)):
        place = agencies[name].get("parent") or agencies[name]
        yield place.fault(
            "ladder-end",
            f"{name!r} answers for categories and has nobody above it.",
            "Name its parent, to whom a missed deadline is escalated.",
        )


def _path(agencies: dict[str, Node], start: str) -> list[str]:
    """The ladder from `start` up; ends at the top, at an unknown body or with the first body that returns."""
    path = [start]
    while (parent := agencies[path[-1]].text("parent")) is not None and parent in agencies:
        path.append(parent)
        if parent in path[:-1]:
            break
    return path


def _is_top(agency: Node) -> bool:
    parent = agency.get("parent")
    return parent is not None and parent.value is None


def _responsible(document: Document) -> set[str]:
    found: set[str] = set()
    for category in document.region.items("categories"):
        responsible = category.get("responsible")
        if responsible is not None:
            found.add(responsible.text("default") or "")
            found.update(place.text() or "" for place in responsible.fields("districts").values())
    return found


RULES = (
    same_id_twice,
    region_named_as_file,
    categories_changed_exist,
    agencies_exist,
    districts_exist,
    somebody_owns_every_category,
    ladders_have_no_loop,
    ladders_have_an_end,
)
