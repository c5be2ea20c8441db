"""What agencies write, as their requests carry it."""

from typing import Annotated, Final

from pydantic import Field

from functions.edge.fields import words

TEXT_MOST: Final = 4_000
REASON_LEAST: Final = 10

Reason = Annotated[str, words(TEXT_MOST, "Why: the person reads it.", least=REASON_LEAST, letters=True)]
AgencyId = Annotated[
    str,
    Field(min_length=1, max_length=64, description="One of the ids under /v1/agencies.", examples=["roads"]),
]
