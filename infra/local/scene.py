"""Where a story is played, and by whom: chosen from the region that is deployed."""

from datetime import UTC, datetime

from shapely import Polygon

from functions.complaints.region import Category, Question, Region
from functions.complaints.routing import in_region, ladder, responsible_agency
from infra.local.emulator import Emulator
from infra.local.region import region_on, watched_category
from infra.local.story import CATEGORY, COMMENT, PLACE, Place, Scene


def scene_on(emulator: Emulator) -> Scene:
    """Of the region that is deployed there."""
    return scene_in(region_on(emulator.state_dir), category_id=watched_category(emulator.state_dir))


def scene_in(region: Region, *, category_id: str) -> Scene:
    """The category, a place inside the border, the body that answers there and the one above it."""
    category, now = region.categories[category_id], datetime.now(UTC)
    place = PLACE if in_region(region, lat=PLACE["lat"], lon=PLACE["lon"]) else _inside(region)
    agency = responsible_agency(
        region, category_id=category_id, lat=place["lat"], lon=place["lon"], at=now
    ).agency_id
    return Scene(
        category=category_id,
        comment=COMMENT if category_id == CATEGORY else f"{category.name['en']}, beside the school gate.",
        place=place,
        answers=_answers(category),
        agency_id=agency,
        supervisor_id=ladder(region, agency, at=now)[0],
        is_public=category.public_place is not None,
    )


def _inside(region: Region) -> Place:
    """A place in the widest part of the region."""
    widest = max((Polygon(rings[0], rings[1:]) for rings in region.boundary), key=lambda part: part.area)
    point = widest.representative_point()
    return {"lat": round(point.y, 5), "lon": round(point.x, 5)}


def _answers(category: Category) -> dict[str, str]:
    return {question.id: _answer(question) for question in category.questions if question.required}


def _answer(question: Question) -> str:
    if question.kind == "choice":
        return str(question.choices[0]["id"])
    return "1" if question.kind == "number" else "As the photo shows."
