"""One of several addresses, on real sockets: which of them wins, what it costs, and what is left behind."""

import itertools
import os
import socket
import threading
import time
from contextlib import ExitStack
from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.notify.webhooks import happy_eyeballs
from functions.notify.webhooks.happy_eyeballs import ATTEMPT_DELAY_S, connect_first, families_in_turn
from tests.functions.test_webhook_transport import swallowing


class Race:
    """A try at addresses on one port, within `limit` seconds; which were `tried`, and how many seconds it `took`."""

    def __init__(self, *addresses, port, limit=30.0):
        self.addresses = [ip_address(each) for each in addresses]
        self.port, self.limit, self.tried = port, limit, []

    def run(self):
        started = time.monotonic()
        try:
            return connect_first(
                self.addresses,
                self.port,
                time_left=lambda: self._left(started),
                tried=lambda address: self.tried.append(str(address)),
            )
        finally:
            self.took = time.monotonic() - started

    def _left(self, started):
        left = started + self.limit - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left


@pytest.fixture
def port():
    """A port that is free on all addresses of the loopback used here."""
    with ExitStack() as taken:
        first = taken.enter_context(socket.create_server(("127.0.0.1", 0)))
        number = first.getsockname()[1]
        for address in ("127.0.0.2", "127.0.0.3"):
            taken.enter_context(socket.create_server((address, number)))
    return number


@pytest.fixture
def long_delay(monkeypatch):
    """A delay (seconds) that no machine's pause is taken for."""
    monkeypatch.setattr(happy_eyeballs, "ATTEMPT_DELAY_S", 10)
    return 10


def open_files():
    return len(os.listdir("/dev/fd"))


def test_the_first_address_wins_where_it_takes_the_connection_and_no_other_is_tried(port):
    with socket.create_server(("127.0.0.1", port)), socket.create_server(("127.0.0.2", port)) as other:
        race = Race("127.0.0.1", "127.0.0.2", port=port)
        with race.run() as connection:
            assert connection.getpeername() == ("127.0.0.1", port)
        other.settimeout(0.1)
        with pytest.raises(TimeoutError):
            other.accept()
    assert set(race.tried) == {"127.0.0.1"}


def test_an_address_that_refuses_hands_on_at_once(port, long_delay):
    with socket.create_server(("127.0.0.3", port)):
        race = Race("127.0.0.1", "127.0.0.2", "127.0.0.3", port=port)
        with race.run() as connection:
            assert connection.getpeername() == ("127.0.0.3", port)
    assert race.took < long_delay


def test_each_address_that_swallows_packets_costs_one_delay_and_is_left_behind_closed(port):
    with (
        swallowing("127.0.0.1", port),
        swallowing("127.0.0.2", port),
        socket.create_server(("127.0.0.3", port)),
    ):
        before = open_files()
        race = Race("127.0.0.1", "127.0.0.2", "127.0.0.3", port=port)
        with race.run() as connection:
            assert connection.getpeername() == ("127.0.0.3", port)
            assert open_files() == before + 1
    assert race.tried == ["127.0.0.1", "127.0.0.2", "127.0.0.3", "127.0.0.3"]
    assert 2 * ATTEMPT_DELAY_S <= race.took < 10


def test_an_address_stays_in_the_race_after_the_next_has_begun(port):
    with swallowing("127.0.0.1", port) as slow, swallowing("127.0.0.2", port):
        threading.Timer(2 * ATTEMPT_DELAY_S, slow.listen, [16]).start()
        race = Race("127.0.0.1", "127.0.0.2", port=port)
        with race.run() as connection:
            assert connection.getpeername() == ("127.0.0.1", port)
    assert race.tried == ["127.0.0.1", "127.0.0.2", "127.0.0.1"]
    assert race.took > 2 * ATTEMPT_DELAY_S


def test_when_none_takes_the_connection_the_last_failure_is_told_and_nothing_left_open(port):
    before = open_files()
    race = Race("127.0.0.1", "127.0.0.2", port=port)
    with pytest.raises(ConnectionRefusedError):
        race.run()
    assert race.tried == ["127.0.0.1", "127.0.0.2"]
    assert open_files() == before


def test_the_deadline_ends_the_race_and_nothing_is_left_open(port):
    with swallowing("127.0.0.1", port), swallowing("127.0.0.2", port):
        before = open_files()
        race = Race("127.0.0.1", "127.0.0.2", port=port, limit=0.4)
        with pytest.raises(TimeoutError):
            race.run()
        assert open_files() == before
    assert 0.35 <= race.took < 10


def test_an_address_of_a_family_that_the_machine_has_not_is_passed_over(port, long_delay, monkeypatch):
    real = socket.socket.__init__

    def only_ipv4(self, family=-1, *rest, **options):
        if family == socket.AF_INET6:
            raise OSError(97, "Address family not supported by protocol")
        real(self, family, *rest, **options)

    monkeypatch.setattr(socket.socket, "__init__", only_ipv4)
    with socket.create_server(("127.0.0.1", port)):
        race = Race("2001:db8::1", "127.0.0.1", port=port)
        with race.run() as connection:
            assert connection.getpeername() == ("127.0.0.1", port)
    assert race.took < long_delay


ADDRESSES = st.lists(
    st.integers(0, 2**32 - 1).map(IPv4Address) | st.integers(0, 2**128 - 1).map(IPv6Address), unique=True
)


@given(ADDRESSES)
def test_families_take_turns_and_each_keeps_its_order(addresses):
    ordered = families_in_turn(addresses)
    families = [[each for each in addresses if each.version == version] for version in (4, 6)]
    assert [[each for each in ordered if each.version == version] for version in (4, 6)] == families
    assert ordered[:1] == addresses[:1]
    mixed = ordered[: 2 * min(map(len, families))]
    assert all(first.version != then.version for first, then in itertools.pairwise(mixed))
