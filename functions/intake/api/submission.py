"""From the body of `POST /v1/complaints` to a draft that may be filed."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from functions.complaints.clock import parse_iso, to_milliseconds
from functions.complaints.faults import FieldFault, Invalid
from functions.complaints.moves.filing import DeclaredPhoto, Draft
from functions.complaints.region import Region
from functions.complaints.routing import NobodyResponsible, in_region, responsible_agency
from functions.complaints.schema import check
from functions.intake.api.schemas import SUBMISSION

WRITTEN_AT_MOST: Final = timedelta(days=30)
CLOCK_SKEW: Final = timedelta(minutes=10)


def draft_of(body: Any, *, region: Region, language: str, now: datetime) -> Draft:
    """The draft; raises Invalid with every fault of form at once, then with every fault of content."""
    check(body, SUBMISSION)
    faults = tuple(_faults(body, region=region, now=now))
    if faults:
        raise Invalid(faults)
    location = body["location"]
    return Draft(
        category=body["category"],
        comment=body["comment"],
        lat=float(location["lat"]),
        lon=float(location["lon"]),
        address=location.get("address") or None,
        photos=tuple(photo_of(photo) for photo in body.get("photos", ())),
        answers=body.get("answers", {}),
        public_name=body.get("public_name"),
        written_at=to_milliseconds(parse_iso(body["written_at"])) if "written_at" in body else None,
        language=language,
    )


def photo_of(raw: Mapping[str, Any]) -> DeclaredPhoto:
    return DeclaredPhoto(content_type=raw["content_type"], size=int(raw["size"]), sha256=raw["sha256"])


def _faults(body: Mapping[str, Any], *, region: Region, now: datetime) -> Iterator[FieldFault]:
    yield from _place_faults(body, region=region)
    yield from _answer_faults(body, region=region)
    category = region.categories.get(body["category"])
    photos = len(body.get("photos", ()))
    if category is not None and photos > category.max_photos:
        yield FieldFault(
            pointer="/photos",
            key="too_many_photos",
            params={"limit": category.max_photos, "left": category.max_photos},
        )
    if "written_at" in body:
        written = parse_iso(body["written_at"])
        if not now - WRITTEN_AT_MOST <= written <= now + CLOCK_SKEW:
            yield FieldFault(pointer="/written_at", key="not_recent", params={"days": WRITTEN_AT_MOST.days})


def _place_faults(body: Mapping[str, Any], *, region: Region) -> Iterator[FieldFault]:
    lat, lon = float(body["location"]["lat"]), float(body["location"]["lon"])
    inside = in_region(region, lat=lat, lon=lon)
    if not inside:
        yield FieldFault(pointer="/location", key="outside_region", params={"region": region.id})
    if body["category"] not in region.categories:
        yield FieldFault(pointer="/category", key="unknown_category")
    elif inside:
        try:
            responsible_agency(region, category_id=body["category"], lat=lat, lon=lon)
        except NobodyResponsible:
            yield FieldFault(pointer="/location", key="nobody_responsible")


def _answer_faults(body: Mapping[str, Any], *, region: Region) -> Iterator[FieldFault]:
    category = region.categories.get(body["category"])
    if category is None:
        return
    answers = body.get("answers", {})
    questions = {question.id: question for question in category.questions}
    for question_id in answers:
        if question_id not in questions:
            yield FieldFault(pointer=f"/answers/{question_id}", key="unknown_question")
    for question in questions.values():
        given = answers.get(question.id)
        if question.required and not (given or "").strip():
            yield FieldFault(pointer=f"/answers/{question.id}", key="missing")
        elif given is not None and question.choices:
            choices = [choice["id"] for choice in question.choices]
            if given not in choices:
                yield FieldFault(
                    pointer=f"/answers/{question.id}",
                    key="unknown_choice",
                    params={"choices": ", ".join(choices)},
                )
