"""The connection of one attempt, as httpcore takes it: to addresses that were checked, within limits that are the whole's.

httpcore gives each read and each write a time of its own; here all of them share what is left of the attempt's.
"""

import re
import socket
import ssl
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Final, Literal, Self

import httpcore

from functions.notify.webhooks.address import IPAddress
from functions.notify.webhooks.happy_eyeballs import connect_first

type Clock = Callable[[], float]
type Step = Literal["resolve", "connect", "tls", "send", "answer"]

_STATUS_LINE: Final = re.compile(rb"HTTP/1\.[0-9] [1-9][0-9]{2}\b")


class AnswerTooLong(Exception):
    """As much of the answer as may be read has been read."""


class Progress:
    """How far an attempt has come, and what is left of its time and of the bytes of an answer that are read.

    `limit`: seconds from now for the whole attempt; `read_limit`: bytes of the answer, its header included.
    """

    def __init__(self, *, limit: float, read_limit: int, clock: Clock = time.monotonic) -> None:
        self._clock = clock
        self._started = clock()
        self.deadline = self._started + limit
        self.bytes_left = read_limit
        self.step: Step = "resolve"
        self.address: IPAddress | None = None
        self.sent_whole = True
        self.beginning = b""
        """What came first of the answer, up to its first line's end at least."""

    def time_left(self) -> float:
        """Seconds left, always more than 0. Raises TimeoutError at the deadline."""
        left = self.deadline - self._clock()
        if left <= 0:
            raise TimeoutError("the attempt's time is used up")
        return left

    def milliseconds(self) -> int:
        return round((self._clock() - self._started) * 1000)

    def tried(self, address: IPAddress) -> None:
        self.address = address


class BoundedStream(httpcore.NetworkStream):
    """A socket of which each use has what is left of the attempt, and no more; `timeout` says nothing here.

    Raises the socket's own OSErrors, but for a request that cannot be sent: then httpcore asks for its WriteError, and
    reads whether the receiver said why.
    """

    def __init__(self, connection: socket.socket, *, progress: Progress) -> None:
        self._connection = connection
        self._progress = progress

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> Self:
        self._progress.step = "tls"
        secure = ssl_context.wrap_socket(
            self._connection, server_hostname=server_hostname, do_handshake_on_connect=False
        )
        self._connection = secure
        secure.settimeout(self._progress.time_left())
        secure.do_handshake()
        return self

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._progress.step = "send"
        rest = memoryview(buffer)
        try:
            while rest:
                self._connection.settimeout(self._progress.time_left())
                rest = rest[self._connection.send(rest) :]
        except TimeoutError:
            raise
        except OSError as error:
            self._progress.sent_whole = False
            raise httpcore.WriteError(str(error)) from error

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Raises AnswerTooLong where no more may be read, RemoteProtocolError for an answer that begins with another line
        than HTTP/1's: a server of another kind may say nothing more, and need not be waited for.
        """
        progress = self._progress
        progress.step = "answer"
        if progress.bytes_left <= 0:
            raise AnswerTooLong
        buffer = bytearray(min(max_bytes, progress.bytes_left))
        self._connection.settimeout(progress.time_left())
        received = bytes(buffer[: self._connection.recv_into(buffer)])
        progress.bytes_left -= len(received)
        if b"\n" not in progress.beginning:
            progress.beginning += received
            if b"\n" in progress.beginning and not _STATUS_LINE.match(progress.beginning):
                raise httpcore.RemoteProtocolError("the answer is not HTTP/1")
        return received

    def close(self) -> None:
        self._connection.close()


class CheckedAddresses(httpcore.NetworkBackend):
    """Connects to addresses that were checked, whatever host is asked for: no name is resolved again."""

    def __init__(self, addresses: Sequence[IPAddress], *, progress: Progress) -> None:
        self._addresses = addresses
        self._progress = progress

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> BoundedStream:
        """Raises OSError, TimeoutError included."""
        progress = self._progress
        progress.step = "connect"
        connection = connect_first(self._addresses, port, time_left=progress.time_left, tried=progress.tried)
        return BoundedStream(connection, progress=progress)
