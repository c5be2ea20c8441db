"""The language of an answer: what the person chose first, then what the identity says, the request otherwise."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Request
from aws_lambda_powertools.event_handler.depends import Depends

from functions.complaints import texts
from functions.edge.authorized import claims_of


class Spoken:
    """The languages of one request's caller; what a person chose is read at most once, and not before it is asked for."""

    def __init__(
        self,
        event: Mapping[str, Any],
        *,
        default: texts.Language,
        chosen: Callable[[str], str | None] | None,
    ) -> None:
        """`chosen`: what the person with this subject chose."""
        self._claims = claims_of(event)
        self._accepted = (event.get("headers") or {}).get("accept-language")
        self._default, self._read = default, chosen
        self._known: tuple[str | None] | None = None

    @property
    def language(self) -> str:
        """Raises what reading a person's choice raises."""
        return self._chosen() or self.requested

    @property
    def requested(self) -> str:
        """The language of the app that asks, whatever the person chose."""
        return texts.language_of(self._accepted, preferred=self._claims.get("locale"), default=self._default)

    def chose(self, language: str | None) -> None:
        """What the person chose is known: it need not be read again."""
        self._known = (language,)

    @property
    def known(self) -> str | None:
        """What the person chose, as far as it was read."""
        return None if self._known is None else self._known[0]

    def _chosen(self) -> str | None:
        person, read = self._claims.get("sub"), self._read
        if self._known is None:
            self._known = (read(str(person)) if read is not None and person else None,)
        return self._known[0]


def _spoken(request: Request) -> Spoken:
    spoken: Spoken = request.context["spoken"]
    return spoken


Speech = Annotated[Spoken, Depends(_spoken)]
