"""What can come of one attempt to deliver a webhook."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final, Literal

from functions.complaints.clock import iso

RESPONSE_KEPT: Final = 256

type Outcome = Literal["delivered", "gone", "failed", "refused"]


class AttemptError(StrEnum):
    """Why an attempt was not a delivery.

    The URL or its host was not allowed; nothing was connected to:

    - `url_too_long`, `url_characters`, `url_malformed`: the URL is longer than 2,048 characters, holds white space,
      control characters or a backslash, or does not have the form `https://host/path`.
    - `scheme`, `user_info`, `fragment`, `port`, `path_characters`: it does not begin with `https://`, holds a user
      name or a fragment, names a port that is not allowed, or has characters in its path that must be written as %XX.
    - `host_missing`, `host_not_ascii`, `host_too_long`, `host_malformed`, `host_is_address`, `zone_id`: its host is
      missing, not in ASCII, longer than DNS allows, no host name, an IP address, or has a zone identifier.
    - `host_private`, `address_not_public`: its host is a name of private networks, or resolves to an address that is
      not one of the public internet.

    No connection came about:

    - `name_not_resolved`: the host's name has no address.
    - `connection_refused`: nothing listens at that address and port.
    - `unreachable`: the network knows no way to the address.
    - `tls_certificate`: the certificate is not valid for the host, or nobody trusted has signed it.
    - `tls_failed`: TLS failed in another way; also where the receiver asks for a certificate of the sender's.

    No answer came, or none that can be read:

    - `connection_reset`: the receiver broke the connection off.
    - `no_answer`: it closed the connection without a byte of an answer.
    - `malformed_answer`: what came is not the header of an HTTP/1.1 answer, or ends before it is complete.
    - `answer_header_too_large`: the answer's header is longer than what is read of an answer, 16 KiB.
    - `answer_incomplete`: the answer was a success, but its body broke off or cannot be read to its end.

    Time ran out: `timeout_resolve`, `timeout_connect`, `timeout_tls`, `timeout_send`, `timeout_answer`, named for the
    step that was under way: looking the name up, connecting, TLS, sending the request, reading the answer.

    The answer was no success: `redirect` (3xx; none is followed), `gone` (410), `http_status` (any other status).
    """

    URL_TOO_LONG = "url_too_long"
    URL_CHARACTERS = "url_characters"
    URL_MALFORMED = "url_malformed"
    SCHEME = "scheme"
    USER_INFO = "user_info"
    FRAGMENT = "fragment"
    PORT = "port"
    PATH_CHARACTERS = "path_characters"
    HOST_MISSING = "host_missing"
    HOST_NOT_ASCII = "host_not_ascii"
    HOST_TOO_LONG = "host_too_long"
    HOST_MALFORMED = "host_malformed"
    HOST_IS_ADDRESS = "host_is_address"
    HOST_PRIVATE = "host_private"
    ZONE_ID = "zone_id"
    ADDRESS_NOT_PUBLIC = "address_not_public"
    NAME_NOT_RESOLVED = "name_not_resolved"
    CONNECTION_REFUSED = "connection_refused"
    UNREACHABLE = "unreachable"
    TLS_CERTIFICATE = "tls_certificate"
    TLS_FAILED = "tls_failed"
    CONNECTION_RESET = "connection_reset"
    NO_ANSWER = "no_answer"
    MALFORMED_ANSWER = "malformed_answer"
    ANSWER_HEADER_TOO_LARGE = "answer_header_too_large"
    ANSWER_INCOMPLETE = "answer_incomplete"
    TIMEOUT_RESOLVE = "timeout_resolve"
    TIMEOUT_CONNECT = "timeout_connect"
    TIMEOUT_TLS = "timeout_tls"
    TIMEOUT_SEND = "timeout_send"
    TIMEOUT_ANSWER = "timeout_answer"
    REDIRECT = "redirect"
    GONE = "gone"
    HTTP_STATUS = "http_status"


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """What came of one attempt.

    - `outcome`: delivered (2xx), gone (410), refused (by the address guard: nothing was connected) or failed.
    - `status`: the HTTP status, or None where no answer came.
    - `error`: None when delivered.
    - `latency_ms`: from the start of name resolution to the end of the attempt.
    - `body`: what was read of the answer's body.
    - `response_head`: the first bytes of the answer's body as text fit to be shown.
    - `retry_after`: what the receiver asked for, at most 24 h.
    - `address`: the address connected to; where none was, the last one tried.
    """

    outcome: Outcome
    status: int | None
    error: AttemptError | None
    latency_ms: int
    body: bytes
    response_head: str
    retry_after: timedelta | None
    address: str | None


def attempt_record(attempt: Attempt, *, at: datetime) -> Mapping[str, Any]:
    """What the log keeps of an attempt."""
    record: dict[str, Any] = {
        "at": iso(at),
        "outcome": attempt.outcome,
        "status": attempt.status,
        "error": attempt.error,
        "latency_ms": attempt.latency_ms,
        "response": attempt.response_head[:RESPONSE_KEPT],
    }
    return {name: value for name, value in record.items() if value not in (None, "")}
