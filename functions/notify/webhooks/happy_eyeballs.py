"""Connecting to one of several addresses: Happy Eyeballs (RFC 8305).

An address that swallows packets costs a quarter of a second and not the time of the whole attempt.
"""

import itertools
import os
import selectors
import socket
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import Final, cast

from functions.notify.webhooks.address import IPAddress

ATTEMPT_DELAY_S: Final = 0.25
"""How long one address is waited for before the next is tried beside it: the Connection Attempt Delay (section 8)."""


def connect_first(
    addresses: Sequence[IPAddress],
    port: int,
    *,
    time_left: Callable[[], float],
    tried: Callable[[IPAddress], None],
) -> socket.socket:
    """A connection to the address that takes one first, the others being closed; it does not block.

    `addresses` is not empty, in the resolver's order; their families take turns (section 4). One that fails hands on
    to the next at once. `time_left` gives the seconds left or raises TimeoutError; `tried` is told of each address
    that is begun with, and of the winner last. Raises the OSError of the address that failed last.
    """
    waiting = deque(families_in_turn(addresses))
    failure: OSError = OSError("no address")
    with selectors.DefaultSelector() as under_way:
        try:
            while waiting or under_way.get_map():
                if waiting:
                    tried(address := waiting.popleft())
                    try:
                        begun = _begun(address, port)
                    except OSError as error:
                        failure = error
                        continue
                    under_way.register(begun, selectors.EVENT_WRITE, (begun, address))
                wait = min(time_left(), ATTEMPT_DELAY_S) if waiting else time_left()
                for key, _ in under_way.select(wait):
                    connection, address = key.data
                    under_way.unregister(connection)
                    if not (code := connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)):
                        tried(address)
                        return cast(socket.socket, connection)
                    connection.close()
                    failure = OSError(code, os.strerror(code))
        finally:
            for key in under_way.get_map().values():
                key.data[0].close()
    raise failure


def families_in_turn(addresses: Iterable[IPAddress]) -> list[IPAddress]:
    """IPv6 and IPv4 by turns, beginning with the family of the first, each family's in their order."""
    families: dict[int, list[IPAddress]] = {}
    for address in addresses:
        families.setdefault(address.version, []).append(address)
    rows = itertools.zip_longest(*families.values())
    return [address for row in rows for address in row if address is not None]


def _begun(address: IPAddress, port: int) -> socket.socket:
    """A socket that is connecting. Raises the OSError of what is known at once."""
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    connection = socket.socket(family, socket.SOCK_STREAM)
    try:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.setblocking(False)
        connection.connect((str(address), port))
    except BlockingIOError:
        pass
    except OSError:
        connection.close()
        raise
    return connection
