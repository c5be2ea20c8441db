"""The resolver of every API function: Powertools' own, which answers each failure with a problem document (RFC 9457)."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, cast

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2
from pydantic import BaseModel

from functions.complaints.faults import Invalid
from functions.complaints.texts import Language
from functions.edge.address import readable_address
from functions.edge.failures import problem_of_failure, without_words
from functions.edge.judging import Content, content_of
from functions.edge.language import Spoken
from functions.edge.origin import came_through, went_round
from functions.edge.problems import CONTENT_TYPE, Problem
from functions.edge.request_body import parsed, readable
from functions.edge.snapshot import made_anew_when_restored
from functions.edge.telemetry import follow, logger
from functions.edge.validation import Error, refusal

SAFE_HEADERS: Final = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
_NAME: Final = re.compile(r"<\w+>")
# What Powertools takes for a segment with a name: word characters of any script, and these.
_VALUE: Final = re.compile(r"[\w\-._~()'!*:@,;=+&$%<> \[\]{}|^]+")

type Gate = Callable[[Mapping[str, Any]], Mapping[str, str]]
"""Stands before every route: raises Problem, or gives header fields for the answer."""


class Api(APIGatewayHttpResolver):
    """Answers HTTP API events (payload 2.0). Every fault of a request is named at once, in the caller's language."""

    def __init__(
        self,
        *,
        default_language: str = "kk",
        chosen_language: Callable[[str], str | None] | None = None,
        gate: Gate = lambda event: {},
        reads_json: bool = True,
    ) -> None:
        """`chosen_language`: what the person with this subject chose, read at most once for a request. A body that is no
        JSON, its route reads by itself.
        """
        self._reads_json = reads_json
        self._methods: dict[str, set[str]] = {}
        self._contents: dict[tuple[str, str], Content] = {}
        self._default_language = cast(Language, default_language)
        self._chosen_language, self._gate = chosen_language, gate
        super().__init__(
            serializer=to_json,
            enable_validation=True,
            response_validation_error_http_code=500,
            json_body_deserializer=self._body,
        )
        self.exception_handler(Exception)(self.failed)
        made_anew_when_restored()

    def route(self, rule: str, method: Any, *args: Any, **more: Any) -> Any:
        methods = [method] if isinstance(method, str) else method
        self._methods.setdefault(rule, set()).update(methods)
        register = super().route(rule, method, *args, **more)

        def registered(function: Any) -> Any:
            if (content := content_of(function)) is not None:
                self._contents |= {(each, rule): content for each in methods}
            return register(function)

        return registered

    def serve(self, event: Mapping[str, Any], context: Any) -> dict[str, Any]:
        """The answer to one request, whatever happens."""
        follow(complaint_id=None, correlation_id=event["requestContext"]["requestId"])
        if not came_through(event.get("headers") or {}):
            return went_round()
        event = readable_address(event)
        spoken = Spoken(event, default=self._default_language, chosen=self._chosen_language)
        asked, told = APIGatewayProxyEventV2(dict(event)), dict[str, str]()
        try:
            told |= self._gate(event)
            self._require_route(asked.http_method, asked.path)
        except Exception as error:
            answer = self._refused(error, spoken=spoken, path=asked.path)
        else:
            self.context["spoken"] = spoken
            answer = self.resolve(self._readable(event), context)
        answer["body"] = answer["body"] or ""
        answer["headers"] = {**SAFE_HEADERS, **_lowered(answer["headers"]), **told}
        return answer

    def _readable(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """The event for Powertools. What is wrong with the body's bytes is a fault only where a route reads a body."""
        if not self._reads_json:
            return dict(event)
        try:
            return dict(readable(event))
        except Exception as error:
            self.context["unreadable"] = error
            return dict(readable({**event, "body": None}))

    def _body(self, text: str) -> dict[str, Any]:
        """The body as an object. Raises what `readable` and `parsed` raise."""
        if "unreadable" in self.context:
            raise self.context["unreadable"]
        return parsed(text)

    def failed(self, error: Exception) -> Response[str]:
        """The answer to the request that is being worked on, where it or its route raised this."""
        spoken: Spoken = self.context["spoken"]
        if isinstance(error, RequestValidationError):
            error = self._all_at_once(error.errors())
        return self._response(_told(error), spoken=spoken, path=self.current_event.path)

    def document(self, problem: Problem, *, language: str, path: str) -> Response[str]:
        """The answer that is an error: a problem document, but for an API whose standard has another form."""
        return Response(
            status_code=problem.status,
            content_type=CONTENT_TYPE,
            body=to_json(problem.document(language, instance=path)),
            headers=problem.headers,
        )

    def _response(self, problem: Problem, *, spoken: Spoken, path: str) -> Response[str]:
        response = self.document(problem, language=_language_of_errors(spoken, problem), path=path)
        # A name in the request may hold half a surrogate pair, which no answer in UTF-8 can carry.
        response.body = (response.body or "").encode("utf-8", "replace").decode()
        return response

    def _all_at_once(self, errors: Sequence[Error]) -> Exception:
        """What is wrong with the form, and of the content what can be told all the same."""
        refused, event = refusal(errors), self.current_event
        if not isinstance(refused, Invalid):
            return refused
        for (method, rule), content in self._contents.items():
            if method == event.http_method and _fits(rule, event.path):
                try:
                    more = content.faults(
                        errors,
                        event=event.raw_event,
                        names=_names(rule, event.path),
                        body=parsed(event.body or "{}"),
                    )
                except Exception as failure:
                    return failure
                return Invalid((*refused.faults, *more))
        return refused

    def _require_route(self, method: str, path: str) -> None:
        """Raises Problem where no route has both. Asked before Powertools looks, whose patterns take a dot for anything
        and a line feed at the end for nothing.
        """
        methods = {each for rule, known in self._methods.items() if _fits(rule, path) for each in known}
        if method not in methods:
            # RFC 9110, section 15.5.6: with the methods that the address has.
            raise Problem("method-not-allowed", allow=sorted(methods)) if methods else Problem("not-found")

    def _refused(self, error: Exception, *, spoken: Spoken, path: str) -> dict[str, Any]:
        """The answer where no route was reached."""
        response = self._response(_told(error), spoken=spoken, path=path)
        return {
            "statusCode": response.status_code,
            "headers": response.headers,
            "body": response.body,
            "isBase64Encoded": False,
        }


def to_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_dumped)


def _dumped(value: BaseModel) -> Any:
    return value.model_dump(mode="json")


def no_content() -> Response[None]:
    """The answer that has no body."""
    return Response(status_code=204)


def _told(error: Exception) -> Problem:
    """What the caller is told of the error; what is a fault of ours is in the log."""
    if isinstance(error, RequestValidationError):
        return _told(refusal(error.errors()))
    problem = problem_of_failure(error)
    if problem.status >= 500:
        logger.error("request failed", extra={"failure": without_words(error)})
    return problem


def _language_of_errors(spoken: Spoken, problem: Problem) -> str:
    if problem.status >= 500:
        # Whoever cannot be served must be told so, even if what they chose cannot be read either.
        return spoken.known or spoken.requested
    try:
        return spoken.language
    except Exception as error:
        logger.warning("language unread", extra={"failure": without_words(error)})
        return spoken.requested


def _fits(rule: str, path: str) -> bool:
    """Whether the path is one of the rule's, whose segments `<name>` stand for any that is not empty."""
    segments, steps = rule.split("/"), path.split("/")
    return len(segments) == len(steps) and all(
        _VALUE.fullmatch(step) if _NAME.fullmatch(segment) else segment == step
        for segment, step in zip(segments, steps, strict=True)
    )


def _names(rule: str, path: str) -> dict[str, str]:
    """What the path has in the place of each name."""
    pairs = zip(rule.split("/"), path.split("/"), strict=True)
    return {segment[1:-1]: step for segment, step in pairs if _NAME.fullmatch(segment)}


def _lowered(headers: Mapping[str, Any]) -> dict[str, Any]:
    return {name.lower(): value for name, value in headers.items()}
