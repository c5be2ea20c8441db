"""The person's own part of the citizen's API: choices, phones, inbox."""

from typing import Any, Final

from infra.openapi.operation import Operation

PEOPLE: Final = "People"

COMPONENTS: Final[dict[str, Any]] = {}


def operations() -> tuple[Operation, ...]:
    return ()
