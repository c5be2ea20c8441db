"""What a category asks of the person who reports, and where they find it."""

from collections.abc import Iterator

from functions.complaints.region import OTHER
from infra.region.document import Document
from infra.region.finding import Finding
from infra.region.schema import Limits
from infra.region.words import meant


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


def danger_waits_for_nothing(document: Document) -> Iterator[Finding]:
    for category in document.region.items("categories"):
        danger, wait = category.get("danger"), category.get("photos_wait")
        if danger is not None and danger.value is True and wait is not None and wait.value is not None:
            yield wait.fault(
                "danger-waits",
                "Danger waits for no photos: a body has it at once, and they follow.",
                "Remove photos_wait.",
            )


def what_is_kept_quiet_is_not_public(document: Document) -> Iterator[Finding]:
    """What was sent as nothing in particular may be anything, also what touches a person."""
    for category in document.region.items("categories"):
        public, discreet = category.get("public"), category.get("discreet")
        if public is None:
            continue
        if category.text("id") == OTHER:
            yield public.fault(
                "not-public",
                f"What is sent as {OTHER!r} may be anything, and is not for everybody.",
                "Remove public; what it is sorted into may be public.",
            )
        elif discreet is not None and discreet.value is True:
            yield public.fault(
                "not-public",
                "What is left out of pushes is not for everybody.",
                "Remove public, or write discreet: false.",
            )


def everything_else_is_sorted(document: Document) -> Iterator[Finding]:
    """Place and photo are enough to send: the category is asked last, and a body sorts what came without one."""
    categories = document.region.get("categories")
    if categories is None:
        return
    other = document.region.by_id("categories").get(OTHER)
    if other is None:
        yield categories.fault(
            "category-other",
            f"There is no category {OTHER!r}: what fits no other cannot be sent.",
            f"Add a category with the id {OTHER}, whose default body sorts it.",
        )
        return
    responsible = other.get("responsible")
    if responsible is not None and responsible.text("default") is None:
        yield responsible.fault(
            "category-other",
            f"No body sorts what is sent as {OTHER!r}.",
            "Name the body that puts each of them right as default.",
        )
    within = other.get("acknowledge_within")
    if within is not None and within.value is None:
        yield within.fault(
            "category-other",
            f"Nothing says until when what is sent as {OTHER!r} is sorted.",
            "Write a short term, such as PT8BH.",
        )
    for question in other.items("questions"):
        required = question.get("required")
        if required is not None and required.value is True:
            yield required.fault(
                "category-other",
                f"{OTHER!r} asks a question that must be answered: place and photo are not enough.",
                "Write required: false.",
            )


def groups_exist(document: Document) -> Iterator[Finding]:
    groups = tuple(document.region.by_id("category_groups"))
    for category in document.region.items("categories"):
        place = category.get("group")
        name = None if place is None else place.text()
        if place is not None and name is not None and name not in groups:
            yield place.fault(
                "unknown-group",
                f"There is no group {name!r}.{meant(name, groups)}",
                "Write the id of one of category_groups, or add it there.",
            )


RULES = (
    choices_belong_to_choice,
    photos_within_the_limit,
    danger_waits_for_nothing,
    what_is_kept_quiet_is_not_public,
    everything_else_is_sorted,
    groups_exist,
)
