"""The request bodies of the agency's API, as the OpenAPI document publishes them and `schema.check` enforces."""

from dataclasses import dataclass
from typing import Any, Final

from functions.complaints.limits import PHOTOS_MOST, Limits
from functions.edge.bodies import NOTHING, object_of, photos_body

Schema = dict[str, Any]

TEXT: Final[Schema] = {"type": "string", "minLength": 1, "maxLength": 4_000, "pattern": r"\S"}
REASON: Final[Schema] = TEXT | {"minLength": 10}
AGENCY: Final[Schema] = {
    "type": "string",
    "minLength": 1,
    "maxLength": 64,
    "description": "One of the ids under /v1/agencies.",
}
PARTS_MOST: Final = 5


ANSWER: Final = object_of(
    {
        "outcome": {
            "type": "string",
            "description": "`resolved`, or `declined` with the reasons. What is not yours is not an answer: transfer it.",
        },
        "text": TEXT,
        "photos": {
            "type": "array",
            "maxItems": PHOTOS_MOST,
            "items": {"type": "string"},
            "description": "Ids of proof photos that were declared under /photos, uploaded and found good.",
        },
    },
    required=["outcome", "text"],
)
TRANSFER: Final = object_of({"to": AGENCY, "reason": REASON}, required=["to", "reason"])
SPLIT: Final = object_of(
    {
        "parts": {
            "type": "array",
            "minItems": 1,
            "maxItems": PARTS_MOST,
            "items": object_of({"to": AGENCY, "text": REASON}, required=["to", "text"]),
        }
    },
    required=["parts"],
)
EXTENSION: Final = object_of(
    {
        "by": {
            "type": "string",
            "maxLength": 20,
            "description": "How much more time, as a term: P10BD (working days), PT8BH (working hours), P1M, PT12H.",
        },
        "reason": REASON,
    },
    required=["by", "reason"],
)
QUESTION: Final = object_of({"text": TEXT}, required=["text"])
COMMENT: Final = object_of(
    {
        "text": TEXT,
        "internal": {"type": "boolean", "description": "For the bodies in charge alone.", "default": False},
    },
    required=["text"],
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Bodies:
    """Each request body of the agency's API."""

    photos: Schema
    nothing: Schema
    answer: Schema
    transfer: Schema
    split: Schema
    extension: Schema
    question: Schema
    comment: Schema


def bodies(limits: Limits) -> Bodies:
    """The bodies under one region's limits."""
    return Bodies(
        photos=photos_body(limits),
        nothing=NOTHING,
        answer=ANSWER,
        transfer=TRANSFER,
        split=SPLIT,
        extension=EXTENSION,
        question=QUESTION,
        comment=COMMENT,
    )
