"""The request bodies of the citizen's API, as the OpenAPI document publishes them and `schema.check` enforces."""

from dataclasses import dataclass
from typing import Any, Final

from functions.complaints.limits import PHOTOS_MOST, Limits
from functions.edge.bodies import NOTHING, object_of, photos, photos_body

Schema = dict[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Bodies:
    """Each request body of the citizen's API."""

    submission: Schema
    more_photos: Schema
    comment: Schema
    refutation: Schema
    withdrawal: Schema
    nothing: Schema


def bodies(limits: Limits) -> Bodies:
    """The bodies under one region's limits."""
    text = {"type": "string", "minLength": 1, "maxLength": limits.comment_length, "pattern": r"\S"}
    return Bodies(
        submission=_submission(limits, text),
        more_photos=photos_body(limits),
        comment=object_of({"text": text}, required=["text"]),
        refutation=object_of(
            {
                "reason": text | {"description": "Why the answer is not true."},
                "photos": {
                    "type": "array",
                    "maxItems": PHOTOS_MOST,
                    "items": {"type": "string"},
                    "description": "Ids of the person's own photos that show it, declared under /photos before.",
                },
            },
            required=["reason"],
        ),
        withdrawal=object_of({"reason": text}),
        nothing=NOTHING,
    )


def _submission(limits: Limits, text: Schema) -> Schema:
    return object_of(
        {
            "category": {
                "type": "string",
                "minLength": 1,
                "maxLength": 64,
                "description": "One of the ids under /v1/categories.",
            },
            "comment": text | {"description": "What is wrong, in the person's own words."},
            "location": object_of(
                {
                    "lat": {"type": "number", "minimum": -90, "maximum": 90},
                    "lon": {"type": "number", "minimum": -180, "maximum": 180},
                    "address": {
                        "type": "string",
                        "maxLength": 300,
                        "description": "How people there call the place; an empty one counts as none.",
                    },
                },
                required=["lat", "lon"],
            )
            | {"description": "WGS 84, in degrees. It must lie in the region."},
            "photos": photos(limits)
            | {"description": "What will be uploaded. Each category says how many it takes (`max_photos`)."},
            "answers": {
                "type": "object",
                "maxProperties": 20,
                "additionalProperties": {"type": "string", "maxLength": 500},
                "description": "Answers to the category's questions, by question id.",
            },
            "public_name": {
                "type": "string",
                "minLength": 1,
                "maxLength": 100,
                "pattern": r"\S",
                "description": "A name to be shown with the complaint; without it none is shown to anybody.",
            },
            "written_at": {
                "type": "string",
                "format": "date-time",
                "description": "When the person wrote it, where that was without a network: 30 days ago at most.",
            },
        },
        required=["category", "comment", "location"],
    )


SUBMISSION: Final[Schema] = bodies(Limits()).submission
"""Under the limits that hold where a region file gives none."""
