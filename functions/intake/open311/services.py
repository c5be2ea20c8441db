"""What can be filed through Open311: the categories that are shown in public, for nobody could follow one of the others."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final, Literal

from functions.complaints.region import Category, Question, Region
from functions.complaints.texts import LANGUAGES, in_language
from functions.edge.problems import Problem
from functions.intake.open311.answers import Attribute, Service, ServiceDefinition, Value

type Datatype = Literal["string", "number", "singlevaluelist"]
_DATATYPES: Final[Mapping[str, Datatype]] = {
    "text": "string",
    "number": "number",
    "choice": "singlevaluelist",
}


def offered(region: Region, *, now: datetime) -> tuple[Category, ...]:
    """Group by group, as an app shows them."""
    groups = region.category_groups
    public = (each for each in region.offered(at=now) if each.public_place is not None)
    return tuple(sorted(public, key=lambda each: (groups[each.group].order, each.order)))


def offered_one(code: str, *, region: Region, now: datetime) -> Category:
    """Raises Problem where there is no such service."""
    found = next((each for each in offered(region, now=now) if each.id == code), None)
    if found is None:
        raise Problem("not-found", detail="open311.no_service")
    return found


def service(category: Category, *, region: Region, language: str) -> Service:
    name = in_language(category.name, language)
    group = in_language(region.category_groups[category.group].name, language)
    synonyms = (category.name.get(each) for each in LANGUAGES)
    return Service(
        service_code=category.id,
        service_name=name,
        description=in_language(category.hint, language) if category.hint else name,
        metadata=bool(category.questions),
        type="realtime",
        keywords=", ".join(
            dict.fromkeys(each.replace(",", "") for each in (group, *synonyms) if each and each != name)
        ),
        group=group,
    )


def definition(category: Category, *, language: str) -> ServiceDefinition:
    return ServiceDefinition(
        service_code=category.id,
        attributes=[
            _attribute(question, order=order, language=language)
            for order, question in enumerate(category.questions, 1)
        ],
    )


def _attribute(question: Question, *, order: int, language: str) -> Attribute:
    values = [
        Value(key=choice["id"], name=in_language(choice["text"], language)) for choice in question.choices
    ]
    return Attribute(
        variable=True,
        code=question.id,
        datatype=_DATATYPES[question.kind],
        required=question.required,
        datatype_description=None,
        order=order,
        description=in_language(question.text, language),
        values=values or None,
    )
