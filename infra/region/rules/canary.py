"""What the canary files is a complaint like any other: it must come to nobody who has other work."""

from collections.abc import Iterator

from functions.complaints.region import OTHER
from infra.region.document import Document
from infra.region.finding import Finding
from infra.region.source import Node
from infra.region.words import meant

RULE = "canary"


def it_has_a_category(document: Document) -> Iterator[Finding]:
    place, categories = document.region.at("canary", "category"), document.region.by_id("categories")
    name = None if place is None else place.text()
    if place is None or name is None:
        return
    category = categories.get(name)
    if category is None or name == OTHER or category.get("retired") is not None:
        yield place.fault(
            RULE,
            f"The canary cannot file {name!r}.{meant(name, tuple(categories))}",
            "Name a category of its own, which is neither other nor retired.",
        )


def nobody_sees_it(document: Document) -> Iterator[Finding]:
    category = _category(document)
    place = None if category is None else category.get("public")
    if place is not None:
        yield place.fault(RULE, "Everybody would see what the canary files.", "Remove public.")


def it_can_file(document: Document) -> Iterator[Finding]:
    """With a photo, and without an answer to anything; and it signs in at the region's own pool."""
    category, issuer = _category(document), document.region.at("identity", "issuer")
    if category is None:
        return
    if issuer is not None:
        yield issuer.fault(
            RULE, "The canary signs in at a user pool alone.", "Write canary: null, or provider: cognito."
        )
    photos = category.get("max_photos")
    if photos is not None and photos.value == 0:
        yield photos.fault(RULE, "The canary files a photo.", "Write 1 or more.")
    for question in category.items("questions"):
        required = question.get("required")
        if required is not None and required.value is True:
            yield required.fault(RULE, "The canary answers no questions.", "Write required: false.")


def nobody_has_it_who_has_other_work(document: Document) -> Iterator[Finding]:
    category, agencies = _category(document), document.region.by_id("agencies")
    if category is None:
        return
    others = (each for each in document.region.items("categories") if each.text("id") != category.text("id"))
    busy = {body for each in others for place in _answering(each) for body in _ladder(agencies, place.text())}
    for place in _answering(category):
        shared = [body for body in _ladder(agencies, place.text()) if body in busy]
        if shared:
            yield place.fault(
                RULE,
                f"What the canary files would come to {shared[0]!r}, which has other work, or is above who has.",
                "Name a body, and one above it, that are the operator's own.",
            )


def _category(document: Document) -> Node | None:
    name = document.region.at("canary", "category")
    if name is None or name.text() == OTHER:
        return None
    return document.region.by_id("categories").get(name.text() or "")


def _answering(category: Node) -> list[Node]:
    default, districts = category.at("responsible", "default"), category.at("responsible", "districts")
    named = [] if districts is None else list(districts.fields().values())
    return [*named, *([] if default is None else [default])]


def _ladder(agencies: dict[str, Node], body: str | None) -> Iterator[str]:
    """The body and those above it, each once."""
    seen: set[str] = set()
    while body is not None and body in agencies and body not in seen:
        seen.add(body)
        yield body
        body = agencies[body].text("parent")


RULES = (it_has_a_category, nobody_sees_it, it_can_file, nobody_has_it_who_has_other_work)
