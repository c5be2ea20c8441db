"""One attempt over real sockets, against receivers that misbehave in every known way."""

import datetime as dt
import inspect
import ipaddress
import socket
import ssl
import struct
import threading
import time
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.notify.webhooks.address import AddressPolicy
from functions.notify.webhooks.attempt import AttemptError
from functions.notify.webhooks.transport import READ_LIMIT, attempt, parse_retry_after, trusting
from tests.sweeps import draws

LOCAL_STAGE = AddressPolicy(allow_http=True, allow_private=True, ports=None)
NOW = datetime(2026, 3, 3, 4, 5, 6, tzinfo=UTC)
PATIENCE = 30.0
LIMIT = 0.4
# A machine may stand still for seconds; what would be wrong takes longer.
LATE = 10


class Receiver:
    """A server on the loopback: `behaviour(connection, request)` answers. Keeps what it was sent."""

    def __init__(self, behaviour, *, tls=None, host="127.0.0.1", port=0):
        self.behaviour = behaviour
        self.tls = tls
        self.requests = []
        self.server_names = []
        self.connections = 0
        self.errors = []
        self.ended = threading.Event()
        self.listener = socket.create_server(
            (host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET
        )
        self.port = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.listener.close()

    def _serve(self):
        while not self.ended.is_set():
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection):
        try:
            connection.settimeout(30)
            if self.tls:
                connection = self.tls.wrap_socket(connection, server_side=True)
            with connection:
                self.requests.append(request := read_request(connection))
                self.behaviour(connection, request)
        except OSError as error:
            self.errors.append(error)


def read_request(connection):
    received = b""
    while b"\r\n\r\n" not in received:
        if not (part := connection.recv(65536)):
            return received
        received += part
    head, _, body = received.partition(b"\r\n\r\n")
    length = next(
        int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")
    )
    while len(body) < length:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


def saying(*parts, every=0.0):
    """Sends the parts, with a wait before each but the first, and closes."""

    def behaviour(connection, _):
        for number, part in enumerate(parts):
            if number and every:
                time.sleep(every)
            connection.sendall(part)

    return behaviour


def trickling(prefix, byte=b"x"):
    """A byte every 50 ms, so that no single read ever waits long."""

    def behaviour(connection, _):
        connection.sendall(prefix)
        for _ in range(600):
            time.sleep(0.05)
            connection.sendall(byte)

    return behaviour


def resetting(prefix=b""):
    def behaviour(connection, _):
        connection.sendall(prefix)
        if prefix:
            time.sleep(0.05)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    return behaviour


def endless(connection, _):
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n")
    while True:
        connection.sendall(b"endless " * 8192)


def silent(connection, _):
    time.sleep(30)


@contextmanager
def swallowing(address="127.0.0.1", port=0):
    """Whoever connects there hears nothing at all, until the listener that it gives takes more connections again."""
    with ExitStack() as open_sockets:
        listener = open_sockets.enter_context(socket.socket())
        listener.bind((address, port))
        listener.listen(0)
        for _ in range(4):
            filler = open_sockets.enter_context(socket.socket())
            filler.setblocking(False)
            filler.connect_ex(listener.getsockname())
        yield listener


def ok(body=b"", *, status=b"200 OK", fields=b""):
    return b"HTTP/1.1 %s\r\nContent-Length: %d\r\n%s\r\n%s" % (status, len(body), fields, body)


def send(url, **options):
    options = {
        "body": b'{"type":"complaint.assigned"}',
        "headers": {"webhook-id": "msg_1"},
        "policy": LOCAL_STAGE,
        "total_timeout": PATIENCE,
        "now": lambda: NOW,
    } | options
    return attempt(url, **options)


def outcome_of(behaviour, **options):
    with Receiver(behaviour) as receiver:
        return send(f"http://127.0.0.1:{receiver.port}/hook", **options)


@pytest.mark.parametrize(
    "status", [b"200 OK", b"201 Created", b"202 Accepted", b"299 Odd", b"204 No Content", b"200 "]
)
def test_any_2xx_is_delivered(status):
    answer = b"HTTP/1.1 204 No Content\r\n\r\n" if status[:3] == b"204" else ok(b"taken", status=status)
    result = outcome_of(saying(answer))
    assert (result.outcome, result.error, result.status) == ("delivered", None, int(status[:3]))
    assert result.response_head == ("" if result.status == 204 else "taken")
    assert result.address == "127.0.0.1"
    assert 0 <= result.latency_ms < PATIENCE * 1000


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n",
        b"HTTP/1.0 200 OK\r\n\r\nabcde",
        b"HTTP/1.1 200 OK\r\n\r\nabcde",
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + ok(b"abcde"),
    ],
)
def test_every_framing_of_an_answer_is_read(answer):
    result = outcome_of(saying(answer))
    assert (result.outcome, result.response_head) == ("delivered", "abcde")


def test_the_request_is_what_a_receiver_expects():
    body = '{"type":"complaint.assigned","data":{"city":"Павлодар"}}'.encode()
    with Receiver(saying(ok())) as receiver:
        send(
            f"http://127.0.0.1:{receiver.port}/a%20b?c=d",
            body=body,
            headers={"webhook-id": "msg_1", "webhook-timestamp": "1772510706"},
        )
    head, _, sent = receiver.requests[0].partition(b"\r\n\r\n")
    first, *lines = head.decode("ascii").split("\r\n")
    fields = dict(line.split(": ", 1) for line in lines)
    assert first == "POST /a%20b?c=d HTTP/1.1"
    assert sent == body
    assert fields == {
        "Host": f"127.0.0.1:{receiver.port}",
        "User-Agent": "Qamqor-Webhooks/1",
        "Accept": "*/*",
        "Accept-Encoding": "identity",
        "Content-Type": "application/json",
        "webhook-id": "msg_1",
        "webhook-timestamp": "1772510706",
        "Content-Length": str(len(body)),
        "Connection": "close",
    }


@pytest.mark.parametrize(
    "headers",
    [
        {"x": "a\r\nHost: evil"}, {"x": "a\nb"}, {"x\r\ny": "a"}, {"x": "қ"}, {"x": ""}, {"": "a"},
        {"x y": "a"},
        {"Host": "evil"}, {"content-length": "0"}, {"Transfer-Encoding": "chunked"}, {"x": " a"},
        {"x": "a\x00"},
    ],
)  # fmt: skip
def test_a_header_that_would_change_the_request_is_not_sent(headers):
    with Receiver(saying(ok())) as receiver, pytest.raises(ValueError, match="header"):
        send(f"http://127.0.0.1:{receiver.port}/", headers=headers)
    assert receiver.connections == 0


def test_no_proxy_of_the_environment_is_used(monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert outcome_of(saying(ok())).outcome == "delivered"


@pytest.mark.parametrize(
    "status", [b"400 Bad", b"401 No", b"404 Not Found", b"429 Slow", b"500 Oops", b"503 Busy"]
)
def test_any_other_status_is_a_failure(status):
    result = outcome_of(saying(ok(b"why", status=status)))
    assert (result.outcome, result.error, result.status) == ("failed", "http_status", int(status[:3]))
    assert result.response_head == "why"


def test_410_is_gone():
    result = outcome_of(saying(ok(status=b"410 Gone", fields=b"Retry-After: 5\r\n")))
    assert (result.outcome, result.error, result.status) == ("gone", "gone", 410)
    assert result.retry_after is None


@pytest.mark.parametrize("status", [b"301 Moved", b"302 Found", b"303 See", b"307 Same", b"304 Not Modified"])
def test_a_redirect_is_a_failure_and_is_not_followed(status):
    with Receiver(saying(ok())) as elsewhere:
        location = b"Location: http://127.0.0.1:%d/\r\n" % elsewhere.port
        result = outcome_of(saying(ok(status=status, fields=location)))
        time.sleep(0.05)
    assert (result.outcome, result.error, result.status) == ("failed", "redirect", int(status[:3]))
    assert elsewhere.connections == 0


def test_a_redirect_loop_is_one_request():
    with Receiver(saying(ok(status=b"302 Found", fields=b"Location: /hook\r\n"))) as receiver:
        assert send(f"http://127.0.0.1:{receiver.port}/hook").error == "redirect"
        time.sleep(0.05)
    assert receiver.connections == 1


def test_a_dead_port_is_refused():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    result = send(f"http://127.0.0.1:{port}/")
    assert (result.outcome, result.error, result.status) == ("failed", "connection_refused", None)


@pytest.mark.parametrize(
    ("behaviour", "error"),
    [
        (resetting(), "connection_reset"),
        (resetting(b"HTTP/1.1 2"), "connection_reset"),
        (resetting(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"), "connection_reset"),
        (saying(), "no_answer"),
        (saying(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"), "answer_incomplete"),
        (saying(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nabc"), "answer_incomplete"),
        (saying(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc"), "answer_incomplete"),
        (saying(b"SSH-2.0-OpenSSH_9.6\r\n"), "malformed_answer"),
        (saying(b"\x16\x03\x01\x00\x00\x00\xff" * 10 + b"\r\n\r\n"), "malformed_answer"),
        (saying(b"HTTP/1.1 abc\r\n\r\n"), "malformed_answer"),
        (saying(b"HTTP/1.1 -200 OK\r\n\r\n"), "malformed_answer"),
        (saying(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc"), "malformed_answer"),
        (saying(b"HTTP/1.1 200 OK\r\nContent-Length: 2, 3\r\n\r\nabc"), "malformed_answer"),
        (saying(b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nabc"), "malformed_answer"),
        (saying(b"HTTP/1.1 200 OK\r\nX: a\x00b\r\nContent-Length: 3\r\n\r\nabc"), "malformed_answer"),
        (saying(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n"), "malformed_answer"),
        (saying(b"HTTP/1.1 200 OK\r\n"), "malformed_answer"),
        (saying(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 1_000_000 + b"\r\n\r\n"), "answer_header_too_large"),
        (saying(b"HTTP/1.1 200 OK\r\n" + (b"X: " + b"x" * 4000 + b"\r\n") * 50), "answer_header_too_large"),
        (saying(b"HTTP/1.1 100 Continue\r\n\r\n" * 100_000), "answer_header_too_large"),
    ],
)
def test_a_broken_answer_is_a_failure_with_its_reason(behaviour, error):
    result = outcome_of(behaviour)
    assert (result.outcome, result.error) == ("failed", error)


@pytest.mark.parametrize(
    "answer",
    [
        ok(b"taken", fields=b"this line is no header\r\n"),
        ok(b"taken", fields=b"X y: z\r\n"),
        ok(b"taken", status=b"abc"),
        b"HTTP/1.1 abc\r\n",
        b"HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"220 mail.example.com ESMTP\r\n",
    ],
)
def test_an_answer_that_is_not_http_is_known_at_once_though_the_connection_stays_open(answer):
    """Nothing more comes, and nobody waits for it."""

    def behaviour(connection, _):
        connection.sendall(answer)
        connection.recv(1)

    result = outcome_of(behaviour)
    assert (result.outcome, result.error) == ("failed", "malformed_answer")


@pytest.mark.parametrize("count", [120, 1000])
def test_an_answer_may_have_as_many_headers_as_there_is_room_for(count):
    fields = b"".join(b"X-%d: y\r\n" % number for number in range(count))
    assert len(fields) < READ_LIMIT
    assert outcome_of(saying(ok(b"taken", fields=fields))).outcome == "delivered"


@pytest.mark.parametrize(
    ("status", "error"), [(b"413 Too Large", "http_status"), (b"200 OK", "connection_reset")]
)
def test_an_answer_to_a_request_that_was_not_taken_in_counts_unless_it_is_a_success(status, error):
    """A receiver may refuse what it has not read (RFC 9110, section 15.5.14); it cannot have accepted it."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve():
            connection, _ = listener.accept()
            with connection:
                connection.recv(100)
                connection.sendall(ok(status=status))

        threading.Thread(target=serve, daemon=True).start()
        result = send(f"http://127.0.0.1:{listener.getsockname()[1]}/", body=b"x" * 50_000_000)
    assert (result.outcome, result.error, result.status) == ("failed", error, int(status[:3]))


SLOW = {
    "silent": (silent, "timeout_answer", None),
    "header trickle": (trickling(b"HTTP/1.1 200 OK\r\nX: "), "timeout_answer", None),
    "header lines": (trickling(b"HTTP/1.1 200 OK\r\n", b"a: b\r\n"), "timeout_answer", None),
    "status trickle": (trickling(b"H", b"T"), "timeout_answer", None),
    "body trickle": (trickling(b"HTTP/1.1 200 OK\r\n\r\n"), "timeout_answer", 200),
    "chunk trickle": (
        trickling(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        "timeout_answer",
        200,
    ),
    "interim trickle": (trickling(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), "timeout_answer", None),
}


@pytest.mark.parametrize("name", SLOW)
def test_a_trickle_ends_at_the_total_limit(name):
    behaviour, error, status = SLOW[name]
    started = time.monotonic()
    result = outcome_of(behaviour, total_timeout=LIMIT)
    assert LIMIT - 0.05 <= time.monotonic() - started < LIMIT + LATE
    assert (result.outcome, result.error, result.status) == ("failed", error, status)
    assert result.latency_ms >= LIMIT * 1000 - 50


def test_a_failure_is_known_by_its_status_however_slow_its_body():
    result = outcome_of(trickling(b"HTTP/1.1 503 Busy\r\nRetry-After: 120\r\n\r\n"), total_timeout=LIMIT)
    assert (result.error, result.status, result.retry_after) == ("http_status", 503, timedelta(minutes=2))


def test_a_receiver_that_takes_nothing_in_ends_at_the_total_limit():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        started = time.monotonic()
        result = send(
            f"http://127.0.0.1:{listener.getsockname()[1]}/", body=b"x" * 50_000_000, total_timeout=LIMIT
        )
    assert result.error == "timeout_send"
    assert time.monotonic() - started < LIMIT + LATE


def test_a_full_queue_of_connections_ends_at_the_total_limit():
    with swallowing() as listener:
        started = time.monotonic()
        result = send(f"http://127.0.0.1:{listener.getsockname()[1]}/", total_timeout=LIMIT)
    assert result.error == "timeout_connect"
    assert LIMIT - 0.05 <= time.monotonic() - started < LIMIT + LATE


def test_name_resolution_counts_towards_the_total_limit():
    release = threading.Event()

    def slow(*_, **__):
        release.wait(30)
        return []

    started = time.monotonic()
    result = send("http://receiver:8080/", resolver=slow, total_timeout=LIMIT)
    release.set()
    assert result.error == "timeout_resolve"
    assert time.monotonic() - started < LIMIT + LATE


def test_time_spent_on_the_name_is_missing_for_the_answer():
    def slow(host, port, **_):
        time.sleep(LIMIT / 2)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    with Receiver(silent) as receiver:
        started = time.monotonic()
        result = send(f"http://receiver:{receiver.port}/", resolver=slow, total_timeout=LIMIT)
    assert result.error == "timeout_answer"
    assert time.monotonic() - started < LIMIT + LATE


def test_an_endless_body_is_cut_off_and_the_success_kept():
    with Receiver(endless) as receiver:
        started = time.monotonic()
        result = send(f"http://127.0.0.1:{receiver.port}/", total_timeout=30)
        assert time.monotonic() - started < LATE
    assert (result.outcome, result.status) == ("delivered", 200)
    assert result.response_head == ("endless " * 128)


@pytest.mark.parametrize("limit", [READ_LIMIT, 10_001, 100])
def test_no_more_than_the_limit_is_read_from_the_connection(monkeypatch, limit):
    read = []
    recv_into = socket.socket.recv_into

    def counting(self, buffer, *rest):
        read.append(count := recv_into(self, buffer, *rest))
        return count

    with Receiver(endless) as receiver:
        monkeypatch.setattr(socket.socket, "recv_into", counting)
        assert send(f"http://127.0.0.1:{receiver.port}/", read_limit=limit).outcome == "delivered"
    assert sum(read) == limit


@pytest.mark.parametrize("length", [READ_LIMIT * 2, 10**12])
def test_a_body_longer_than_what_is_read_is_still_a_success(length):
    head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % length
    assert outcome_of(saying(head + b"x" * READ_LIMIT * 2)).outcome == "delivered"


def test_the_first_bytes_are_fit_to_be_shown():
    head = "қате\r\n\x00\x1b[31mred\x07\u202eevil\u200b\t".encode() + b"\xff\xfe"
    assert (
        outcome_of(saying(ok(head))).response_head
        == "қате\n\ufffd\ufffd[31mred\ufffd\ufffdevil\ufffd\t\ufffd\ufffd"
    )


@pytest.fixture(scope="module")
def parrot():
    """A receiver that answers with the body it was sent."""
    with Receiver(
        lambda connection, request: connection.sendall(request.partition(b"\r\n\r\n")[2])
    ) as receiver:
        yield f"http://127.0.0.1:{receiver.port}/"


STATUS_LINES = st.sampled_from(
    [b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 410 Gone\r\n", b"HTTP/1.1 100 \r\n\r\n"]
)
FIELDS = st.sampled_from(
    [b"", b"Transfer-Encoding: chunked\r\n", b"Content-Length: ", b"Retry-After: ", b"\r\n"]
)


@settings(deadline=None, max_examples=draws(gate=100, whole=1_000))
@given(STATUS_LINES, FIELDS, st.binary(max_size=200))
def test_whatever_bytes_come_the_attempt_has_an_outcome(parrot, line, field, rest):
    result = send(parrot, body=line + field + rest)
    assert result.outcome in ("failed", "delivered", "gone")
    assert result.error in {None, *AttemptError}
    assert (result.error is None) == (result.outcome == "delivered")
    assert not str(result.error).startswith("timeout")


def test_every_reason_is_explained_to_whoever_reads_it():
    explained = inspect.getdoc(AttemptError)
    assert [each for each in AttemptError if f"`{each}`" not in explained] == []


# ---- several addresses, and names that change


def answering(*addresses):
    def resolver(host, port, **_):
        return [
            (socket.AF_INET6 if ":" in address else socket.AF_INET, 1, 6, "", (address, port))
            for address in addresses
        ]

    return resolver


def test_the_next_address_is_tried_when_one_takes_no_connection():
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        with Receiver(saying(ok()), host="127.0.0.2", port=deaf.getsockname()[1]) as receiver:
            result = send(f"http://receiver:{receiver.port}/", resolver=answering("127.0.0.1", "127.0.0.2"))
    assert (result.outcome, result.address, receiver.connections) == ("delivered", "127.0.0.2", 1)


def test_an_address_that_swallows_packets_delays_the_next_by_a_quarter_of_a_second():
    with (
        swallowing() as listener,
        Receiver(saying(ok()), host="127.0.0.2", port=listener.getsockname()[1]) as receiver,
    ):
        result = send(
            f"http://receiver:{receiver.port}/",
            resolver=answering("127.0.0.1", "127.0.0.2"),
            total_timeout=15.0,
        )
    assert (result.outcome, result.address) == ("delivered", "127.0.0.2")
    assert 250 <= result.latency_ms < 5_000


def test_addresses_that_all_swallow_packets_end_at_the_total_limit():
    with swallowing() as listener, swallowing("127.0.0.2", listener.getsockname()[1]):
        started = time.monotonic()
        result = send(
            f"http://receiver:{listener.getsockname()[1]}/",
            resolver=answering("127.0.0.1", "127.0.0.2"),
            total_timeout=LIMIT,
        )
    assert (result.outcome, result.error, result.status) == ("failed", "timeout_connect", None)
    assert LIMIT - 0.05 <= time.monotonic() - started < LIMIT + LATE


def test_nothing_is_sent_twice_when_an_address_took_the_connection():
    with Receiver(resetting(), host="127.0.0.1") as first, Receiver(saying(ok()), host="127.0.0.2") as second:
        second.listener.close()
        result = send(f"http://receiver:{first.port}/", resolver=answering("127.0.0.1", "127.0.0.2"))
    assert (result.error, result.address) == ("connection_reset", "127.0.0.1")
    assert (first.connections, second.connections) == (1, 0)


def test_a_name_that_changes_between_check_and_connect_is_connected_to_as_checked():
    asked = []

    def rebinding(host, port, **_):
        asked.append(host)
        return answering("127.0.0.1" if len(asked) == 1 else "127.0.0.2")(host, port)

    with Receiver(saying(ok()), host="127.0.0.1") as checked:
        other = socket.create_server(("127.0.0.2", checked.port))
        other.settimeout(0.1)
        with other:
            assert send(f"http://receiver:{checked.port}/", resolver=rebinding).outcome == "delivered"
            with pytest.raises(TimeoutError):
                other.accept()
    assert (len(asked), checked.connections) == (1, 1)


def test_without_the_local_stages_leave_a_loopback_server_is_never_connected_to():
    policy = AddressPolicy(allow_http=True, ports=None)
    with Receiver(saying(ok())) as receiver:
        for answers in (["127.0.0.1"], ["8.8.8.8", "127.0.0.1"], ["::1"], ["::ffff:127.0.0.1"]):
            result = send(
                f"http://hooks.example.com:{receiver.port}/", policy=policy, resolver=answering(*answers)
            )
            assert (result.outcome, result.error) == ("refused", "address_not_public")
        time.sleep(0.05)
    assert receiver.connections == 0


# ---- TLS


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    folder = tmp_path_factory.mktemp("certificates")
    today = dt.datetime.now(UTC)

    def name(text):
        return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])

    def write(path, certificate, key):
        path.write_bytes(
            certificate.public_bytes(serialization.Encoding.PEM)
            + key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        return str(path)

    def make(subject, *, issuer=None, signer=None, hosts=(), ends=timedelta(days=1)):
        key = ec.generate_private_key(ec.SECP256R1())
        authority = issuer is None and not hosts
        builder = (
            x509.CertificateBuilder()
            .subject_name(name(subject))
            .issuer_name(issuer.subject if issuer else name(subject))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(today - timedelta(days=2))
            .not_valid_after(today + ends)
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key((signer or key).public_key()),
                critical=False,
            )
        )
        if authority:
            usage = dict.fromkeys((
                "digital_signature", "content_commitment", "key_encipherment", "data_encipherment",
                "key_agreement", "encipher_only", "decipher_only",
            ), False)  # fmt: skip
            builder = builder.add_extension(
                x509.KeyUsage(key_cert_sign=True, crl_sign=True, **usage), critical=True
            )
        if hosts:
            names = [
                x509.IPAddress(ipaddress.ip_address(host)) if host[0].isdigit() else x509.DNSName(host)
                for host in hosts
            ]
            builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        return builder.sign(signer or key, hashes.SHA256()), key

    authority, authority_key = make("Test authority")
    (folder / "ca.pem").write_bytes(authority.public_bytes(serialization.Encoding.PEM))
    made = {"ca": str(folder / "ca.pem")}
    for kind, options in {
        "right": {"hosts": ("hooks.example.com",)},
        "wrong_name": {"hosts": ("other.example.com", "127.0.0.1")},
        "expired": {"hosts": ("hooks.example.com",), "ends": timedelta(days=-1)},
    }.items():
        made[kind] = write(folder / kind, *make(kind, issuer=authority, signer=authority_key, **options))
    made["self_signed"] = write(folder / "self", *make("self", hosts=("hooks.example.com",)))
    return made


def serving(certificates, kind, receiver_behaviour=None, **options):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates[kind])
    receiver = Receiver(receiver_behaviour or saying(ok(b"secure")), tls=context, **options)
    context.sni_callback = lambda _, name, __: receiver.server_names.append(name)
    return receiver


def send_secure(receiver, certificates, **options):
    return send(
        f"https://hooks.example.com:{receiver.port}/",
        resolver=answering("127.0.0.1"),
        tls=trusting(ca_file=certificates["ca"]),
        **options,
    )


def test_tls_with_the_right_certificate_names_the_host_and_not_the_address(certificates):
    with serving(certificates, "right") as receiver:
        result = send_secure(receiver, certificates)
    assert (result.outcome, result.response_head, result.address) == ("delivered", "secure", "127.0.0.1")
    assert receiver.server_names == ["hooks.example.com"]
    assert f"Host: hooks.example.com:{receiver.port}".encode() in receiver.requests[0]


@pytest.mark.parametrize("kind", ["wrong_name", "self_signed", "expired"])
def test_tls_with_a_certificate_that_proves_nothing_sends_nothing(certificates, kind):
    with serving(certificates, kind) as receiver:
        result = send_secure(receiver, certificates)
    assert (result.outcome, result.error, result.status) == ("failed", "tls_certificate", None)
    assert receiver.requests == []


def test_tls_trusts_the_system_alone_unless_told(certificates):
    with serving(certificates, "right") as receiver:
        url = f"https://hooks.example.com:{receiver.port}/"
        assert send(url, resolver=answering("127.0.0.1")).error == "tls_certificate"


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_an_old_tls_version_is_not_spoken(certificates):
    with serving(certificates, "right") as receiver:
        receiver.tls.set_ciphers("ALL:@SECLEVEL=0")
        receiver.tls.minimum_version = ssl.TLSVersion.TLSv1
        receiver.tls.maximum_version = ssl.TLSVersion.TLSv1_1
        assert send_secure(receiver, certificates).error == "tls_failed"


@pytest.mark.parametrize("body", [b"{}", b"x" * 5_000_000])
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_receiver_that_asks_for_a_certificate_of_ours_fails_in_tls(certificates, version, body):
    """Under TLS 1.3 its alert comes after our side of the handshake, with the first read."""
    with serving(certificates, "right") as receiver:
        receiver.tls.minimum_version = receiver.tls.maximum_version = version
        receiver.tls.load_verify_locations(certificates["ca"])
        receiver.tls.verify_mode = ssl.CERT_REQUIRED
        result = send_secure(receiver, certificates, body=body)
    assert (result.outcome, result.error, result.status) == ("failed", "tls_failed", None)
    assert receiver.requests == []


def test_a_receiver_that_speaks_no_tls_is_a_failure(certificates):
    listener = socket.create_server(("127.0.0.1", 0))

    def serve():
        connection, _ = listener.accept()
        with connection:
            connection.recv(100)
            connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    threading.Thread(target=serve, daemon=True).start()
    with listener:
        result = send(
            f"https://hooks.example.com:{listener.getsockname()[1]}/", resolver=answering("127.0.0.1")
        )
    assert result.error == "tls_failed"


def test_a_handshake_that_never_ends_ends_at_the_total_limit():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        started = time.monotonic()
        result = send(
            f"https://hooks.example.com:{listener.getsockname()[1]}/",
            resolver=answering("127.0.0.1"),
            total_timeout=LIMIT,
        )
    assert result.error == "timeout_tls"
    assert LIMIT - 0.05 <= time.monotonic() - started < LIMIT + LATE


@pytest.mark.parametrize("prefix", [b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 200 OK\r\n\r\n"])
def test_a_trickle_over_tls_ends_at_the_total_limit(certificates, prefix):
    with serving(certificates, "right", trickling(prefix)) as receiver:
        started = time.monotonic()
        result = send_secure(receiver, certificates, total_timeout=LIMIT)
    assert result.error == "timeout_answer"
    assert time.monotonic() - started < LIMIT + LATE


def test_an_endless_body_over_tls_is_cut_off(certificates):
    with serving(certificates, "right", endless) as receiver:
        assert send_secure(receiver, certificates).outcome == "delivered"


# ---- Retry-After


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0), ("1", 1), ("120", 120), (" 60 ", 60), ("86399", 86399), ("86400", 86400), ("99999", 86400),
        ("9" * 5000, 86400), ("Tue, 03 Mar 2026 04:10:06 GMT", 300), ("Tuesday, 03-Mar-26 04:10:06 GMT", 300),
        ("Tue Mar  3 04:10:06 2026", 300), ("Tue, 03 Mar 2026 09:10:06 +0500", 300),
        ("Mon, 02 Mar 2026 04:10:06 GMT", 0), ("Thu, 01 Jan 2099 00:00:00 GMT", 86400),
        ("-1", None), ("1.5", None), ("", None), ("soon", None), ("٣", None), ("1e3", None),
        ("Tue, 99 Mar 2026 04:10:06 GMT", None), ("+5", None),
    ],
)  # fmt: skip
def test_retry_after_in_both_forms_up_to_a_day(value, seconds):
    expected = None if seconds is None else timedelta(seconds=seconds)
    assert parse_retry_after(value, now=NOW) == expected


@settings(max_examples=draws(gate=20, whole=200))
@given(st.text(max_size=40))
def test_retry_after_of_any_text_is_none_or_within_a_day(value):
    parsed = parse_retry_after(value, now=NOW)
    assert parsed is None or timedelta(0) <= parsed <= timedelta(hours=24)


@pytest.mark.parametrize("status", [b"429 Slow", b"503 Busy", b"302 Found"])
def test_retry_after_comes_with_the_failure(status):
    result = outcome_of(saying(ok(status=status, fields=b"Retry-After: Tue, 03 Mar 2026 04:06:06 GMT\r\n")))
    assert result.retry_after == timedelta(minutes=1)
    assert outcome_of(saying(ok(fields=b"Retry-After: 5\r\n"))).retry_after is None


def test_an_attempt_lasts_fifteen_seconds_at_most_unless_said_otherwise():
    assert inspect.signature(attempt).parameters["total_timeout"].default == 15
