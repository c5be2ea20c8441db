"""What is retired: who takes over from a body that is no more, and which category from one that is given up.

Both stay in the region file, for histories name them. Whether they are retired is asked of the clock each time, so that a
day that is still to come holds from that day on.
"""

from datetime import datetime
from enum import StrEnum

from functions.complaints.region import Region


class Why(StrEnum):
    """Why what is open goes on elsewhere by itself."""

    BODY_RETIRED = "body_retired"
    CATEGORY_RETIRED = "category_retired"


def in_office(region: Region, agency_id: str | None, *, at: datetime) -> str | None:
    """The body itself, or whoever has what was its own: `moved_to`, or else the body above, of a retired one in turn.

    None for a body that the region file does not list, and where nobody took over, which the linter refuses.
    """
    seen: set[str] = set()
    while agency_id is not None and agency_id not in seen:
        seen.add(agency_id)
        body = region.agencies.get(agency_id)
        if body is None or not body.is_retired(at):
            return None if body is None else agency_id
        assert body.retired is not None
        agency_id = body.retired.moved_to or body.parent
    return None


def retired_agencies(region: Region, *, at: datetime) -> tuple[str, ...]:
    return tuple(body.id for body in region.agencies.values() if body.is_retired(at))


def category_in_use(region: Region, category_id: str, *, at: datetime) -> str:
    """The category itself, or the one that stands in its place; one that is given up for none keeps what is open."""
    seen: set[str] = set()
    while category_id not in seen:
        seen.add(category_id)
        category = region.category(category_id)
        if not category.is_retired(at) or category.retired is None or category.retired.moved_to is None:
            return category_id
        category_id = category.retired.moved_to
    return category_id


def replaced_categories(region: Region, *, at: datetime) -> tuple[str, ...]:
    """Those whose open complaints become another's."""
    return tuple(
        name
        for name, category in region.categories.items()
        if category.retired is not None and category_in_use(region, name, at=at) != name
    )
