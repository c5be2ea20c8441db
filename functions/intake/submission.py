"""The body of `POST /v1/complaints`: its form and its content, judged together, and the draft that is made of it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Annotated, ClassVar, Final

from pydantic import Field, ValidationError, ValidationInfo, field_validator
from pydantic_core import InitErrorDetails

from functions.complaints.ids import NUMBER_MOST
from functions.complaints.limits import PHOTOS_MOST, Limits
from functions.complaints.moves.filing import Draft
from functions.complaints.questions import answer_faults
from functions.complaints.region import OTHER, Category, Region
from functions.complaints.routing import place_fault
from functions.complaints.wording import is_blank
from functions.edge.declared_photos import DeclaredPhoto, as_declared, declared_photo
from functions.edge.fields import Body, GivenInstant, bound, described, fault, list_of, omitted, words
from functions.edge.reported import CategoryId, GivenAnswers, Location

WRITTEN_AT_MOST: Final = timedelta(days=30)
CLOCK_SKEW: Final = timedelta(minutes=10)


class Submission(Body):
    """A complaint as a person files it: a place, and a photo or a word of what is wrong there.

    A field's content is judged where its form is right, and that of the fields before it as far as it needs them: so
    every fault of a request is found at once.
    """

    region: ClassVar[Region]
    now: ClassVar[Callable[[], datetime]]

    category: CategoryId
    location: Location
    photos: list[DeclaredPhoto]
    comment: str
    answers: GivenAnswers = Field(default={}, validate_default=True)
    public_name: Annotated[
        str,
        words(
            100, "A name to be shown with the complaint; without it none is shown to anybody.", lines=False
        ),
    ] = omitted()
    show_photos: Annotated[
        bool,
        described(
            "False: nobody but the bodies sees the photos. Else everybody may see copies in which faces and number plates "
            "are hidden."
        ),
    ] = True
    again_of: Annotated[
        str,
        Field(
            max_length=NUMBER_MOST,
            description="Id or short number of a complaint of one's own that was closed and not done, of the same category "
            "and place: this one starts with the body above beside the one in charge.",
        ),
    ] = omitted()
    written_at: Annotated[
        GivenInstant,
        described("When the person wrote it, where that was without a network: 30 days ago at most."),
    ] = omitted()

    @field_validator("category")
    @classmethod
    def _known(cls, category: str) -> str:
        if category not in cls.region.categories:
            raise fault("unknown_category")
        if cls.region.categories[category].is_retired(cls.now()):
            raise fault("retired_category")
        return category

    @field_validator("location")
    @classmethod
    def _answered_for(cls, location: Location, info: ValidationInfo) -> Location:
        wrong = place_fault(
            cls.region,
            category_id=info.data.get("category"),
            lat=location.lat,
            lon=location.lon,
            at=cls.now(),
        )
        if wrong is not None:
            raise fault(wrong)
        return location

    @field_validator("photos")
    @classmethod
    def _few(cls, photos: list[DeclaredPhoto], info: ValidationInfo) -> list[DeclaredPhoto]:
        category = cls._category(info)
        if category is not None and len(photos) > category.max_photos:
            raise fault("too_many_photos", limit=category.max_photos, left=category.max_photos)
        return photos

    @field_validator("comment")
    @classmethod
    def _or_shown(cls, comment: str, info: ValidationInfo) -> str:
        """Photos that are not right themselves are no reason to ask for words."""
        if not is_blank(comment):
            return comment
        if not info.data.get("photos", True):
            raise fault("empty" if comment else "missing")
        return ""

    @field_validator("written_at")
    @classmethod
    def _lately(cls, written: datetime) -> datetime:
        now = cls.now()
        if not now - WRITTEN_AT_MOST <= written <= now + CLOCK_SKEW:
            raise fault("not_recent", days=WRITTEN_AT_MOST.days)
        return written

    @classmethod
    def _category(cls, info: ValidationInfo) -> Category | None:
        return cls.region.categories.get(info.data.get("category", ""))

    @field_validator("answers")
    @classmethod
    def _of_the_category(cls, answers: dict[str, str], info: ValidationInfo) -> dict[str, str]:
        category = cls._category(info)
        wrong = () if category is None else answer_faults(answers, category)
        found = [
            InitErrorDetails(
                type=fault(each.key, **each.params), loc=(each.pointer,), input=answers.get(each.pointer, "")
            )
            for each in wrong
        ]
        if found:
            raise ValidationError.from_exception_data("answers", found)
        return answers

    def draft(self, *, language: str) -> Draft:
        """What may be filed."""
        return Draft(
            category=self.category,
            comment=self.comment,
            lat=self.location.lat,
            lon=self.location.lon,
            address=None if is_blank(self.location.address) else self.location.address,
            photos=as_declared(self.photos),
            answers=self.answers,
            public_name=self.public_name,
            photos_private=not self.show_photos,
            written_at=self.written_at,
            language=language,
        )


def submission(region: Region, *, now: Callable[[], datetime]) -> type[Submission]:
    """The model under one region's limits, categories and places."""
    limits = Limits.of(region.limits)
    comment = words(
        limits.comment_length,
        "What is wrong, in the person's own words; it may be left out where photos show it.",
        least=0,
    )
    category = described(
        "One of the ids under /v1/categories. Left out it is `other`, which a body sorts: nobody need choose first."
    )
    photos = Field(
        max_length=PHOTOS_MOST,
        # Said, and refused by `_few` in the words that people know.
        json_schema_extra={"maxItems": limits.photos},
        description="What will be uploaded. Each category says how many it takes (`max_photos`).",
    )
    model = bound(
        Submission,
        category=(Annotated[CategoryId, category], OTHER if OTHER in region.categories else ...),
        photos=(list_of(declared_photo(limits), photos), []),
        comment=(Annotated[str, comment], Field(default="", validate_default=True)),
    )
    model.region, model.now = region, staticmethod(now)
    return model
