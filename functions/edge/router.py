"""Routes of an HTTP API: from a method and an address to the function that answers.

Events and answers are of payload format 2.0:
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
Our own, because the event handler of Powertools brings every event of AWS, OpenAPI and asyncio along: a hundred modules.
"""

import base64
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

type Handler = Callable[..., Response[Any]]
type Following = Callable[[Router], Response[Any]]
type Middleware = Callable[[Router, Following], Response[Any]]

_NAME: Final = re.compile(r"<(\w+)>")
# What a segment may hold that stands for a name: word characters of any script, and those of RFC 3986 that are no
# delimiters, as they came; nothing is decoded here.
_VALUE: Final = re.compile(r"[\w\-._~()'!*:@,;=+&$%<> \[\]{}|^]+")


class Unmatched(Exception):
    """No route has this method and address; `methods` are those that the address has."""

    def __init__(self, methods: Sequence[str]) -> None:
        super().__init__(*methods)
        self.methods = methods


@dataclass(frozen=True, kw_only=True)
class Response[Body: (str, bytes)]:
    """`body` is text, or bytes; None has none. `headers` go before `content_type`."""

    status_code: int
    content_type: str | None = None
    body: Body | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        """As API Gateway takes it."""
        typed = {"Content-Type": self.content_type} if self.content_type else {}
        return {
            "statusCode": self.status_code,
            "headers": typed | dict(self.headers),
            "body": base64.b64encode(self.body).decode() if isinstance(self.body, bytes) else self.body,
            "isBase64Encoded": isinstance(self.body, bytes),
        }


class HttpEvent:
    """A request as API Gateway hands it over."""

    def __init__(self, raw_event: Mapping[str, Any]) -> None:
        self.raw_event = raw_event

    @property
    def http_method(self) -> str:
        return str(self.raw_event["requestContext"]["http"]["method"])

    @property
    def path(self) -> str:
        """Without the stage, which is in it unless it is the default one."""
        path, stage = str(self.raw_event["rawPath"]), self.raw_event["requestContext"]["stage"]
        return path if stage == "$default" else path.removeprefix(f"/{stage}")


class Route:
    """`path` is exact but for its segments `<name>`, each of which stands for one that is not empty."""

    def __init__(self, *, method: str, path: str, function: Handler) -> None:
        self.method, self.path, self.function = method, path, function
        self._segments = path.split("/")
        self._names = {
            at: name[1] for at, each in enumerate(self._segments) if (name := _NAME.fullmatch(each))
        }

    @property
    def is_exact(self) -> bool:
        return not self._names

    def match(self, path: str) -> dict[str, str] | None:
        """The segments that stand for names, by name; None where the path is another one."""
        segments = path.split("/")
        if len(segments) != len(self._segments):
            return None
        for at, segment in enumerate(segments):
            if not (_VALUE.fullmatch(segment) if at in self._names else segment == self._segments[at]):
                return None
        return {name: segments[at] for at, name in self._names.items()}


class Router(ABC):
    """Answers each request with the function of its route; an exact path goes before one with names.

    `current_event` is the request that is being answered, one at a time, and `lambda_context` Lambda's word on it.
    """

    current_event: HttpEvent
    lambda_context: Any

    def __init__(self) -> None:
        self._routes: list[Route] = []
        self._middlewares: list[Middleware] = []

    @property
    def routes(self) -> Sequence[Route]:
        return self._routes

    def route(self, path: str, *, method: str) -> Callable[[Handler], Handler]:
        def add(function: Handler) -> Handler:
            self._routes.append(Route(method=method, path=path, function=function))
            self._routes.sort(key=lambda route: not route.is_exact)
            return function

        return add

    def get(self, path: str) -> Callable[[Handler], Handler]:
        return self.route(path, method="GET")

    def post(self, path: str) -> Callable[[Handler], Handler]:
        return self.route(path, method="POST")

    def put(self, path: str) -> Callable[[Handler], Handler]:
        return self.route(path, method="PUT")

    def patch(self, path: str) -> Callable[[Handler], Handler]:
        return self.route(path, method="PATCH")

    def delete(self, path: str) -> Callable[[Handler], Handler]:
        return self.route(path, method="DELETE")

    def use(self, middlewares: Sequence[Middleware]) -> None:
        """Each stands before every route, and before the answer to what has none; the first is outermost."""
        self._middlewares += middlewares

    def resolve(self, event: Mapping[str, Any], context: Any) -> dict[str, Any]:
        self.current_event, self.lambda_context = HttpEvent(event), context
        try:
            response = self._from(0)
        except Exception as error:
            response = self.failed(error)
        return response.document()

    @abstractmethod
    def failed(self, error: Exception) -> Response[Any]:
        """The answer where a route, or what stands before it, raised; Unmatched where there is no route."""

    def _from(self, step: int) -> Response[Any]:
        if step == len(self._middlewares):
            return self._answered()
        return self._middlewares[step](self, lambda _: self._from(step + 1))

    def _answered(self) -> Response[Any]:
        event = self.current_event
        matches = [(route, names) for route in self._routes if (names := route.match(event.path)) is not None]
        for route, names in matches:
            if route.method == event.http_method:
                return route.function(**names)
        raise Unmatched(sorted({route.method for route, _ in matches}))
