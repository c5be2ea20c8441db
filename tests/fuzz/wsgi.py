"""How cases are sent to the functions of this process."""

from itertools import count
from typing import Any

from tests.fuzz.gateway import Gateway
from tests.fuzz.run import Send

KEY = "qk_0123456789abcdef_x"


def sender(gateway: Gateway, *, person: str) -> Send:
    """Sends as `person` where a complaint is named, as a body's key where the route is an agency's, and as somebody new
    otherwise, who has not chosen a language yet.
    """
    others = count(2)

    def send(case: Any) -> Any:
        somebody = person if "{id}" in case.path else f"person-{next(others)}"
        token = KEY if case.path.startswith("/v1/agency/") else somebody
        return case.call(app=gateway, headers={"Authorization": f"Bearer {token}"})

    return send
