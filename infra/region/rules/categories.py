"""What a category asks of the person who reports."""

from collections.abc import Iterator

from infra.region.document import Document
from infra.region.finding import Finding
from infra.region.schema import Limits


def choices_belong_to_choice(document: Document) -> Iterator[Finding]:
    for category in document.region.items("categories"):
        for question in category.items("questions"):
            kind, choices = question.text("kind"), question.get("choices")
            if kind == "choice" and choices is None:
                yield question.fault(
                    "question",
                    f"The question {question.text('id')!r} has no choices.",
                    "Add choices, or change its kind.",
                )
            elif kind in ("text", "number") and choices is not None:
                yield choices.fault(
                    "question",
                    f"A question of kind {kind} has no choices.",
                    "Remove them, or write kind: choice.",
                )


def photos_within_the_limit(document: Document) -> Iterator[Finding]:
    limit = document.region.at("limits", "photos")
    most = limit.value if limit is not None else Limits().photos
    for category in document.region.items("categories"):
        place = category.get("max_photos")
        if (
            place is not None
            and isinstance(place.value, int)
            and isinstance(most, int)
            and place.value > most
        ):
            yield place.fault(
                "photo-limit",
                f"{place.value} photos are more than the region's {most}.",
                f"Write {most} or less, or raise limits.photos.",
            )


RULES = (choices_belong_to_choice, photos_within_the_limit)
