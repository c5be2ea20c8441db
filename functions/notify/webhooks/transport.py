"""One attempt to deliver a webhook: a POST by httpcore over a connection of our own.

What has to hold is between the layers that an HTTP library hides, hence the connection: one limit of time over name
resolution, connection, TLS, request and answer; a connection to the very address that was checked; an answer of which
a bounded part is read; no redirects and no proxies. An answer counts as received when it is complete or longer than
what is read of it.
"""

import functools
import re
import socket
import ssl
import time
import unicodedata
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import httpcore

from functions.notify.webhooks.address import (
    AddressPolicy,
    AddressRefused,
    IPAddress,
    NameNotResolved,
    Resolver,
    Target,
    check_url,
    resolve,
)
from functions.notify.webhooks.attempt import Attempt, AttemptError, Outcome
from functions.notify.webhooks.connection import (
    AnswerTooLong,
    BoundedStream,
    CheckedAddresses,
    Clock,
    Progress,
)

TOTAL_TIMEOUT = 15.0
READ_LIMIT = 16 * 1024
RESPONSE_HEAD_LIMIT = 1024
MAX_RETRY_AFTER = timedelta(hours=24)
USER_AGENT = "Qamqor-Webhooks/1"

# fmt: off
_OWN_HEADERS = {
    "host", "content-length", "connection", "transfer-encoding", "user-agent", "accept-encoding", "expect",
}
# fmt: on
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_HEADER_VALUE = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?")
# Shown to people: no control, formatting, surrogate, private or unassigned characters, no odd line ends.
_UNSAFE_CATEGORIES = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def attempt(
    url: str,
    *,
    body: bytes,
    headers: Mapping[str, str],
    policy: AddressPolicy,
    total_timeout: float = TOTAL_TIMEOUT,
    read_limit: int = READ_LIMIT,
    resolver: Resolver = socket.getaddrinfo,
    tls: ssl.SSLContext | None = None,
    clock: Clock = time.monotonic,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Attempt:
    """POST `body` to `url` once, within `total_timeout` seconds from name resolution to the last byte read.

    `headers` come beside Host, Content-Length, Connection and the like, which are set here; Content-Type is
    application/json unless given. At most `read_limit` bytes of the answer are read, its header included.
    `tls` replaces the system's trust store. Raises ValueError for a header that cannot be sent; whatever
    the receiver or the network does comes back as an Attempt.
    """
    fields = _checked(headers)
    progress = Progress(limit=total_timeout, read_limit=read_limit, clock=clock)
    answer = _Answer()
    outcome: Outcome
    try:
        target = check_url(url, policy=policy)
        addresses = resolve(target, policy=policy, deadline=progress.deadline, resolver=resolver, clock=clock)
        with closing(_connected(target, addresses, tls=tls, progress=progress)) as stream:
            _exchange(stream, target, fields, body, answer)
        outcome, error = _verdict(answer, progress)
    except AddressRefused as refusal:
        outcome, error = "refused", refusal.reason
    except (OSError, httpcore.RemoteProtocolError, AnswerTooLong) as fault:
        outcome, error = _verdict_after(fault, answer, progress)
    may_retry = error in (AttemptError.REDIRECT, AttemptError.HTTP_STATUS)
    return Attempt(
        outcome=outcome,
        status=answer.status,
        error=error,
        latency_ms=progress.milliseconds(),
        body=bytes(answer.body),
        response_head=_shown(bytes(answer.body[:RESPONSE_HEAD_LIMIT])),
        retry_after=parse_retry_after(answer.retry_after, now=now()) if may_retry else None,
        address=None if progress.address is None else str(progress.address),
    )


@dataclass(kw_only=True)
class _Answer:
    """What has been read of it so far."""

    status: int | None = None
    retry_after: str | None = None
    body: bytearray = field(default_factory=bytearray)

    @property
    def is_success(self) -> bool:
        return self.status is not None and 200 <= self.status <= 299


def _connected(
    target: Target, addresses: tuple[IPAddress, ...], *, tls: ssl.SSLContext | None, progress: Progress
) -> BoundedStream:
    stream = CheckedAddresses(addresses, progress=progress).connect_tcp(target.host, target.port)
    if target.scheme == "http":
        return stream
    try:
        return stream.start_tls(tls or _system_trust(), target.host)
    except BaseException:
        stream.close()
        raise


def _exchange(
    stream: BoundedStream, target: Target, headers: Mapping[str, str], body: bytes, answer: _Answer
) -> None:
    # Not httpcore.HTTPConnection: that sets a context's ALPN for each connection, and the context is shared by threads
    # that connect with it meanwhile (python/cpython#141012).
    url = httpcore.URL(scheme=target.scheme, host=target.host, port=target.port, target=target.path)
    connection = httpcore.HTTP11Connection(origin=url.origin, stream=stream)
    fields = {
        "Host": target.authority,
        "User-Agent": USER_AGENT,
        "Accept": "*/*",
        "Accept-Encoding": "identity",
        **headers,
        "Content-Length": str(len(body)),
        "Connection": "close",
    }
    with connection.stream("POST", url, headers=[*fields.items()], content=body) as response:
        answer.status = response.status
        answer.retry_after = _header(response, b"retry-after")
        for chunk in response.iter_stream():
            answer.body += chunk


def _header(response: httpcore.Response, name: bytes) -> str | None:
    """The first header of that name (in lower case)."""
    return next((value.decode("latin-1") for each, value in response.headers if each.lower() == name), None)


def _verdict(answer: _Answer, progress: Progress) -> tuple[Outcome, AttemptError | None]:
    """Of an answer that has come."""
    if answer.is_success:
        # Whoever did not take the whole request in cannot have accepted it.
        return ("delivered", None) if progress.sent_whole else ("failed", AttemptError.CONNECTION_RESET)
    if answer.status == 410:
        return "gone", AttemptError.GONE
    redirect = answer.status is not None and 300 <= answer.status <= 399
    return "failed", AttemptError.REDIRECT if redirect else AttemptError.HTTP_STATUS


def _verdict_after(
    fault: Exception, answer: _Answer, progress: Progress
) -> tuple[Outcome, AttemptError | None]:
    """A success must be complete; of another answer the status is enough, whatever became of its body."""
    enough = isinstance(fault, AnswerTooLong) or not answer.is_success
    if answer.status is not None and enough:
        return _verdict(answer, progress)
    return "failed", _error_of(fault, answer, progress)


def _checked(headers: Mapping[str, str]) -> dict[str, str]:
    for name, value in headers.items():
        if not _HEADER_NAME.fullmatch(name) or name.lower() in _OWN_HEADERS:
            raise ValueError(f"the header {name!r} cannot be set")
        if not _HEADER_VALUE.fullmatch(value):
            raise ValueError(f"the header {name!r} must be printable ASCII")
    if any(name.lower() == "content-type" for name in headers):
        return dict(headers)
    return {"Content-Type": "application/json", **headers}


def parse_retry_after(value: str | None, *, now: datetime) -> timedelta | None:
    """Retry-After (RFC 9110, section 10.2.3), in seconds or as an HTTP date against `now`: 0 to 24 h.

    None where the header is absent or cannot be read.
    """
    if value is None:
        return None
    value = value.strip()
    if value.isascii() and value.isdigit():
        return timedelta(seconds=int(value)) if len(value) <= 5 and int(value) < 86400 else MAX_RETRY_AFTER
    try:
        date = parsedate_to_datetime(value)
    except (ValueError, OverflowError, IndexError, TypeError):
        return None
    if date.tzinfo is None:
        date = date.replace(tzinfo=UTC)
    return min(max(date - now, timedelta(0)), MAX_RETRY_AFTER)


def _error_of(fault: Exception, answer: _Answer, progress: Progress) -> AttemptError:
    """From the particular to the general: most are OSErrors."""
    match fault:
        case NameNotResolved():
            return AttemptError.NAME_NOT_RESOLVED
        case TimeoutError():
            return AttemptError(f"timeout_{progress.step}")
        case AnswerTooLong():
            return AttemptError.ANSWER_HEADER_TOO_LARGE
        case httpcore.RemoteProtocolError() if not progress.sent_whole:
            return AttemptError.CONNECTION_RESET
        case httpcore.RemoteProtocolError() if answer.status is not None:
            return AttemptError.ANSWER_INCOMPLETE
        case httpcore.RemoteProtocolError():
            return AttemptError.MALFORMED_ANSWER if progress.beginning else AttemptError.NO_ANSWER
        case ssl.SSLCertVerificationError():
            return AttemptError.TLS_CERTIFICATE
        case ConnectionRefusedError():
            return AttemptError.CONNECTION_REFUSED
        case ConnectionError() | ssl.SSLEOFError():
            return AttemptError.TLS_FAILED if progress.step == "tls" else AttemptError.CONNECTION_RESET
        case ssl.SSLError():
            return AttemptError.TLS_FAILED
        case _:
            return AttemptError.UNREACHABLE if progress.step == "connect" else AttemptError.CONNECTION_RESET


@functools.cache
def _system_trust() -> ssl.SSLContext:
    return trusting()


def trusting(*, ca_file: str | None = None) -> ssl.SSLContext:
    """TLS as the sender speaks it: certificate and host name verified, TLS 1.2 or newer, HTTP/1.1.

    Trusts the authorities of `ca_file` (PEM), or the system's where it is None.
    """
    context = ssl.create_default_context(cafile=ca_file)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    return context


def _shown(head: bytes) -> str:
    text = head.decode("utf-8", errors="replace")
    return "".join(
        character
        if character in "\n\t" or unicodedata.category(character) not in _UNSAFE_CATEGORIES
        else "\ufffd"
        for character in text.replace("\r\n", "\n")
    )
