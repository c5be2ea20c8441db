"""To whom a body may give its complaints."""

from collections.abc import Callable

type IsOfficer = Callable[[str, str], bool]
"""Whether the body, by its id, has an officer with this id."""


def in_its_own_system(agency_id: str, officer_id: str) -> bool:
    """Of a body whose officers are known to its own case system alone: every id is one that it uses there."""
    return True
