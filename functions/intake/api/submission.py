"""From the body of `POST /v1/complaints` to a draft that may be filed."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from functions.complaints.clock import parse_iso, to_milliseconds
from functions.complaints.faults import FieldFault, Invalid
from functions.complaints.moves.filing import Draft
from functions.complaints.region import Category, Question, Region
from functions.complaints.routing import NobodyResponsible, in_region, responsible_agency
from functions.edge.bodies import declared_photos
from functions.edge.schema import Schema, check

WRITTEN_AT_MOST: Final = timedelta(days=30)
CLOCK_SKEW: Final = timedelta(minutes=10)


def draft_of(body: Any, *, schema: Schema, region: Region, language: str, now: datetime) -> Draft:
    """The draft; raises Invalid with every fault at once, of form and of content."""
    wrong_form = _wrong_form(body, schema)
    sound = _sound(body, wrong_form) if isinstance(body, dict) else {}
    faults = (*wrong_form, *_faults(sound, region=region, now=now))
    if faults:
        raise Invalid(faults)
    location = body["location"]
    return Draft(
        category=body["category"],
        comment=body["comment"],
        lat=float(location["lat"]),
        lon=float(location["lon"]),
        address=location.get("address") or None,
        photos=declared_photos(body),
        answers=body.get("answers", {}),
        public_name=body.get("public_name"),
        written_at=to_milliseconds(parse_iso(body["written_at"])) if "written_at" in body else None,
        language=language,
    )


def _wrong_form(body: Any, schema: Schema) -> tuple[FieldFault, ...]:
    try:
        check(body, schema)
    except Invalid as invalid:
        return invalid.faults
    return ()


def _sound(body: Mapping[str, Any], faults: tuple[FieldFault, ...]) -> dict[str, Any]:
    """The fields whose form is right, and whose content can therefore be judged; no answers count as sound."""
    unsound = {fault.pointer.split("/")[1] for fault in faults}
    return {name: value for name, value in {"answers": {}, **body}.items() if name not in unsound}


def _faults(body: Mapping[str, Any], *, region: Region, now: datetime) -> Iterator[FieldFault]:
    category = region.categories.get(body.get("category", ""))
    if "category" in body and category is None:
        yield FieldFault(pointer="/category", key="unknown_category")
    if "location" in body:
        yield from _place_faults(body["location"], category, region=region)
    if category is not None and "photos" in body:
        yield from _photo_faults(body["photos"], category)
    if category is not None and "answers" in body:
        yield from _answer_faults(body["answers"], category)
    if "written_at" in body:
        written = parse_iso(body["written_at"])
        if not now - WRITTEN_AT_MOST <= written <= now + CLOCK_SKEW:
            yield FieldFault(pointer="/written_at", key="not_recent", params={"days": WRITTEN_AT_MOST.days})


def _place_faults(
    location: Mapping[str, Any], category: Category | None, *, region: Region
) -> Iterator[FieldFault]:
    lat, lon = float(location["lat"]), float(location["lon"])
    if not in_region(region, lat=lat, lon=lon):
        yield FieldFault(pointer="/location", key="outside_region")
    elif category is not None:
        try:
            responsible_agency(region, category_id=category.id, lat=lat, lon=lon)
        except NobodyResponsible:
            yield FieldFault(pointer="/location", key="nobody_responsible")


def _photo_faults(photos: Sequence[Any], category: Category) -> Iterator[FieldFault]:
    if len(photos) > category.max_photos:
        limit = {"limit": category.max_photos, "left": category.max_photos}
        yield FieldFault(pointer="/photos", key="too_many_photos", params=limit)


def _answer_faults(answers: Mapping[str, str], category: Category) -> Iterator[FieldFault]:
    questions = {question.id: question for question in category.questions}
    for question_id in answers:
        if question_id not in questions:
            pointer = "/answers/" + question_id.replace("~", "~0").replace("/", "~1")
            yield FieldFault(pointer=pointer, key="unknown_question")
    for question in questions.values():
        yield from _question_faults(question, answers.get(question.id, ""))


def _question_faults(question: Question, given: str) -> Iterator[FieldFault]:
    pointer = f"/answers/{question.id}"
    if not given.strip():
        if question.required:
            yield FieldFault(pointer=pointer, key="missing")
        return
    choices = [choice["id"] for choice in question.choices]
    if choices and given not in choices:
        yield FieldFault(pointer=pointer, key="unknown_choice", params={"choices": ", ".join(choices)})
    if question.kind == "number" and not _is_number(given):
        yield FieldFault(pointer=pointer, key="wrong_type", params={"expected": "number"})


def _is_number(text: str) -> bool:
    """As a person types one: `12`, `-3.5`, `-3,5`."""
    whole, _, part = text.strip().removeprefix("-").replace(",", ".").partition(".")
    return all(digits.isascii() and digits.isdigit() for digits in ((whole, part) if part else (whole,)))
