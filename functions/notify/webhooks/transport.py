"""One attempt to deliver a webhook: a POST over a socket of our own.

Written on sockets, since what has to hold is between the layers that HTTP libraries hide: one limit of time
over name resolution, connection, TLS, request and answer; a connection to the very address that was
checked; an answer of which a bounded part is read; no redirects and no proxies. An answer counts as
received when it is complete or longer than what is read of it.
"""

import functools
import http.client
import io
import re
import socket
import ssl
import time
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Literal

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

type Outcome = Literal["delivered", "gone", "failed", "refused"]
type Clock = Callable[[], float]

TOTAL_TIMEOUT = 15.0
READ_LIMIT = 16 * 1024
RESPONSE_HEAD_LIMIT = 1024
MAX_RETRY_AFTER = timedelta(hours=24)
CONNECT_SHARES = 4
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


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """What came of one attempt.

    - `outcome`: delivered (2xx), gone (410), refused (by the address guard: nothing was connected) or failed.
    - `status`: the HTTP status, or None where no answer came.
    - `error`: None when delivered, else a stable key: the guard's reason; `name_not_resolved`,
      `connection_refused`, `connection_reset`, `unreachable`, `tls_certificate`, `tls_failed`, `no_answer`,
      `malformed_answer`, `answer_header_too_large`, `answer_incomplete`, `redirect`, `gone`, `http_status`;
      or `timeout_resolve`, `timeout_connect`, `timeout_tls`, `timeout_send`, `timeout_answer` for the step
      that time ran out in.
    - `latency_ms`: from the start of name resolution to the end of the attempt.
    - `response_head`: the first bytes of the answer's body as text fit to be shown.
    - `retry_after`: what the receiver asked for, at most 24 h.
    - `address`: the address connected to.
    """

    outcome: Outcome
    status: int | None
    error: str | None
    latency_ms: int
    response_head: str
    retry_after: timedelta | None
    address: str | None


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
    head_fields = _checked(headers)
    progress = _Progress(started=clock(), limit=total_timeout, clock=clock)
    try:
        target = check_url(url, policy=policy)
        addresses = resolve(target, policy=policy, deadline=progress.deadline, resolver=resolver, clock=clock)
        progress.step = "connect"
        with _connect(target, addresses, progress=progress) as plain:
            if target.scheme == "https":
                progress.step = "tls"
                with _handshake(plain, target, tls or _system_trust(), progress=progress) as connection:
                    _exchange(connection, target, head_fields, body, read_limit=read_limit, progress=progress)
            else:
                _exchange(plain, target, head_fields, body, read_limit=read_limit, progress=progress)
    except AddressRefused as error:
        return progress.ended("refused", error.reason)
    except (OSError, http.client.HTTPException, _AnswerTooLong, ValueError) as error:
        # A success must be complete; of another answer the status is enough, whatever became of its body.
        if progress.status is None or _is_success(progress.status):
            return progress.ended("failed", _error_key(error, progress))
    return progress.answered(now())


def _is_success(status: int) -> bool:
    return 200 <= status <= 299


class _AnswerTooLong(Exception):
    """As much of the answer as may be read has been read."""


class _Progress:
    """What is known of the attempt so far, and how much time it has left."""

    def __init__(self, *, started: float, limit: float, clock: Clock) -> None:
        self.started = started
        self.deadline = started + limit
        self.clock = clock
        self.step = "resolve"
        self.address: str | None = None
        self.status: int | None = None
        self.retry_after: str | None = None
        self.head = bytearray()

    def time_left(self) -> float:
        """Seconds left, always more than 0. Raises TimeoutError at the deadline."""
        left = self.deadline - self.clock()
        if left <= 0:
            raise TimeoutError("the attempt's time is used up")
        return left

    def answered(self, now: datetime) -> Attempt:
        status = self.status or 0
        if _is_success(status):
            return self.ended("delivered", None)
        if status == 410:
            return self.ended("gone", "gone")
        error = "redirect" if 300 <= status <= 399 else "http_status"
        return self.ended("failed", error, parse_retry_after(self.retry_after, now=now))

    def ended(self, outcome: Outcome, error: str | None, retry_after: timedelta | None = None) -> Attempt:
        return Attempt(
            outcome=outcome,
            status=self.status,
            error=error,
            latency_ms=round((self.clock() - self.started) * 1000),
            response_head=_shown(bytes(self.head)),
            retry_after=retry_after,
            address=self.address,
        )


class _Incoming(io.RawIOBase):
    """The connection as a file to read from, bounded in time and in bytes."""

    def __init__(self, connection: socket.socket, *, limit: int, progress: _Progress) -> None:
        self._connection = connection
        self._allowance = limit
        self._progress = progress

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        if self._allowance <= 0:
            raise _AnswerTooLong
        view = memoryview(buffer)[: self._allowance]
        self._connection.settimeout(self._progress.time_left())
        received = self._connection.recv_into(view)
        self._allowance -= received
        return received


class _Shared(io.BufferedReader):
    """A file that http.client.HTTPResponse cannot close: interim answers and the final one share it."""

    def close(self) -> None:
        pass


class _Source:
    """What http.client.HTTPResponse asks of a socket."""

    def __init__(self, incoming: _Shared) -> None:
        self._incoming = incoming

    def makefile(self, mode: str) -> _Shared:
        return self._incoming


def _connect(target: Target, addresses: tuple[IPAddress, ...], *, progress: _Progress) -> socket.socket:
    """A connection to the first address that takes one. Raises the last address's OSError.

    Each gets its share of the time left, at least a quarter, so that one that swallows packets leaves some
    for the others.
    """
    for left, address in zip(range(len(addresses), 0, -1), addresses, strict=True):
        progress.address = str(address)
        share = progress.time_left() / min(left, CONNECT_SHARES)
        family = socket.AF_INET if address.version == 4 else socket.AF_INET6
        connection = socket.socket(family, socket.SOCK_STREAM)
        try:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection.settimeout(share)
            connection.connect((str(address), target.port))
        except OSError:
            connection.close()
            if left == 1:
                raise
        else:
            return connection
    raise AssertionError("a target has at least one address")


def _handshake(
    plain: socket.socket, target: Target, tls: ssl.SSLContext, *, progress: _Progress
) -> ssl.SSLSocket:
    connection = tls.wrap_socket(plain, server_hostname=target.host, do_handshake_on_connect=False)
    try:
        connection.settimeout(progress.time_left())
        connection.do_handshake()
    except BaseException:
        connection.close()
        raise
    return connection


def _exchange(
    connection: socket.socket,
    target: Target,
    headers: Mapping[str, str],
    body: bytes,
    *,
    read_limit: int,
    progress: _Progress,
) -> None:
    progress.step = "send"
    _send(connection, _request(target, headers, body), progress=progress)
    progress.step = "answer"
    incoming = _Shared(_Incoming(connection, limit=read_limit, progress=progress))
    answer = _final_answer(_Source(incoming))
    progress.status = answer.status
    progress.retry_after = answer.getheader("Retry-After")
    try:
        while chunk := answer.read1(4096):
            progress.head += chunk[: RESPONSE_HEAD_LIMIT - len(progress.head)]
    except _AnswerTooLong:
        return
    if answer.length:
        raise http.client.IncompleteRead(b"", answer.length)


def _final_answer(source: _Source) -> http.client.HTTPResponse:
    """The answer after any interim ones (1xx). By hand, since http.client takes 103 for a final status."""
    while True:
        answer = http.client.HTTPResponse(source, method="POST")  # type: ignore[arg-type]
        answer.begin()
        if not 100 <= answer.status <= 199:
            return answer


def _send(connection: socket.socket, request: bytes, *, progress: _Progress) -> None:
    rest = memoryview(request)
    while rest:
        connection.settimeout(progress.time_left())
        rest = rest[connection.send(rest) :]


def _request(target: Target, headers: Mapping[str, str], body: bytes) -> bytes:
    fields = {
        "Host": target.authority,
        "User-Agent": USER_AGENT,
        "Accept": "*/*",
        "Accept-Encoding": "identity",
        **headers,
        "Content-Length": str(len(body)),
        "Connection": "close",
    }
    lines = [f"POST {target.path} HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items()), "", ""]
    return "\r\n".join(lines).encode("ascii") + body


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


def _error_key(error: Exception, progress: _Progress) -> str:
    """Of one exception, the key of `Attempt.error`. From the particular to the general: most are OSErrors."""
    match error:
        case NameNotResolved():
            return "name_not_resolved"
        case TimeoutError():
            return f"timeout_{progress.step}"
        case _AnswerTooLong() | http.client.LineTooLong():
            return "answer_header_too_large"
        case http.client.IncompleteRead():
            return "answer_incomplete"
        case ssl.SSLCertVerificationError():
            return "tls_certificate"
        case http.client.RemoteDisconnected():
            return "no_answer"
        case http.client.HTTPException() | ValueError():
            return "malformed_answer"
        case ConnectionRefusedError():
            return "connection_refused"
        case ssl.SSLError() if progress.step == "tls":
            return "tls_failed"
        case ConnectionError() | ssl.SSLError():
            return "tls_failed" if progress.step == "tls" else "connection_reset"
        case _:
            return "unreachable" if progress.step == "connect" else "connection_reset"


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
