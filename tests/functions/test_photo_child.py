"""The bounded child: whatever the work does, the parent gets its whole answer or a named exception, in time."""

import contextlib
import ctypes
import os
import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from functions.intake.photos.child import Crashed, Failed, TookTooLong, TookTooMuchMemory, in_child
from tests.children import children

MIB = 2**20


def run(work: Callable[[], bytes], *, seconds: float = 5, memory: int = 64 * MIB, output: int = MIB) -> bytes:
    return in_child(work, seconds=seconds, memory=memory, output=output)


def test_the_answer_comes_back_whole() -> None:
    answer = os.urandom(3 * MIB)
    assert run(lambda: answer, output=3 * MIB) == answer
    assert run(lambda: b"") == b""


def test_work_that_sleeps_is_killed_in_time() -> None:
    began = time.monotonic()
    with pytest.raises(TookTooLong):
        run(lambda: time.sleep(30) or b"", seconds=0.2)
    assert time.monotonic() - began < 20


def test_work_that_ignores_every_signal_is_killed_in_time() -> None:
    def stubborn() -> bytes:
        for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
            signal.signal(number, signal.SIG_IGN)
        while True:
            pass

    with pytest.raises(TookTooLong):
        run(stubborn, seconds=0.2)


def test_half_an_answer_in_time_is_none() -> None:
    def slow() -> bytes:
        os.write(max(map(int, os.listdir("/proc/self/fd"))), b"half")
        time.sleep(30)
        return b""

    with pytest.raises(TookTooLong):
        run(slow, seconds=0.3)


def test_work_that_grows_is_stopped() -> None:
    with pytest.raises(TookTooMuchMemory):
        run(lambda: bytes(200 * MIB))
    assert run(lambda: b"%d" % len(bytes(40 * MIB))) == b"%d" % (40 * MIB)


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS])
def test_a_crash_is_told_by_its_signal(number: signal.Signals) -> None:
    def crash() -> bytes:
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)
        return b"survived"

    with pytest.raises(Crashed, match=number.name):
        run(crash)


def test_a_kill_by_the_kernel_counts_as_memory() -> None:
    def killed() -> bytes:
        os.kill(os.getpid(), signal.SIGKILL)
        return b""

    with pytest.raises(TookTooMuchMemory):
        run(killed)


def test_an_error_of_the_work_itself_is_not_mistaken_for_an_answer() -> None:
    with pytest.raises(Failed, match="exit status 1"):
        run(lambda: bytes([300]))
    with pytest.raises(Failed, match="exit status 3"):
        run(lambda: os._exit(3))


def test_an_answer_longer_than_agreed_is_not_read() -> None:
    with pytest.raises(Failed, match="more than"):
        run(lambda: bytes(20 * MIB), output=MIB)


def test_the_child_holds_no_descriptor_of_the_parents() -> None:
    left, right = socket.socketpair()
    with left, right:
        names = run(lambda: "\n".join(_open_files()).encode()).decode().split("\n")
    assert sorted(names)[:3] == ["/dev/null"] * 3
    assert len(names) == 4
    assert names[3].startswith("pipe:")


def _open_files() -> list[str]:
    files = []
    for number in sorted(map(int, os.listdir("/proc/self/fd"))):
        try:
            files.append(os.readlink(f"/proc/self/fd/{number}"))
        except FileNotFoundError:
            continue  # the listing's own
    return files


def test_the_child_writes_no_file(tmp_path: Path) -> None:
    def write() -> bytes:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        try:
            (tmp_path / "left").write_bytes(b"behind")
        except OSError as error:
            return str(error.errno).encode()
        return b"written"

    assert run(write) == b"27"


def test_fresh_memory_shows_nothing_of_the_parent() -> None:
    libc = ctypes.CDLL(None)
    libc.malloc.restype = ctypes.c_void_p
    libc.malloc.argtypes = [ctypes.c_size_t]

    # What the parent freed is there for the next to ask for memory.
    secrets = [b"secret" * size for size in (300, 9_000, 150_000)]
    del secrets

    def look() -> bytes:
        return b"".join(ctypes.string_at(libc.malloc(size), size) for size in (2_000, 60_000, MIB))

    # Filled with one byte throughout: glibc writes the complement of what it was told.
    assert set(run(look, output=2 * MIB)) == {0xAA}


def test_nothing_is_left_behind() -> None:
    before, others = sorted(os.listdir("/proc/self/fd")), children()
    for work in (lambda: b"", lambda: os._exit(3), lambda: bytes(200 * MIB), lambda: time.sleep(9) or b""):
        with contextlib.suppress(Failed, TookTooLong, TookTooMuchMemory):
            run(work, seconds=0.2)
    assert sorted(os.listdir("/proc/self/fd")) == before
    assert children() <= others
