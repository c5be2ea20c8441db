"""What is reported, as a request carries it: what it is about, where it is, the answers to the category's questions."""

from typing import Annotated

from pydantic import Field

from functions.complaints.moves.correcting import Correction, Place
from functions.complaints.wording import is_blank
from functions.edge.fields import Body, words

CategoryId = Annotated[
    str, Field(min_length=1, max_length=64, description="One of the ids under /v1/categories.")
]
GivenAnswers = Annotated[
    dict[str, Annotated[str, words(500, "In the person's own words, or the id of a choice.", least=0)]],
    Field(max_length=20, description="Answers to the category's questions, by question id."),
]


class Location(Body):
    """WGS 84, in degrees. It must lie in the region."""

    lat: Annotated[float, Field(ge=-90, le=90)]
    lon: Annotated[float, Field(ge=-180, le=180)]
    address: Annotated[
        str, words(300, "How people there call the place; an empty one counts as none.", least=0)
    ] = ""


def correction_of(
    *,
    category: str | None,
    location: Location | None,
    answers: dict[str, str] | None,
    reason: str | None,
    suggested: Place | None = None,
) -> Correction:
    """What is put right; a photo's `suggested` place where no location is given."""
    place = suggested
    if location is not None:
        address = None if is_blank(location.address) else location.address
        place = Place(lat=location.lat, lon=location.lon, address=address)
    return Correction(category=category, place=place, answers=answers, reason=reason)
