"""Runs one piece of work in a forked child that cannot outlive, outgrow or outwrite its bounds.

A C decoder cannot be interrupted from Python, and a damaged file may crash it; in a child of its own it can
be killed, and a crash ends the child only. A fork costs a few milliseconds where a fresh interpreter costs
the import of the image library each time; and it needs no `/dev/shm`, which Lambda has not got. What comes
back is plain bytes: nothing that the child wrote is unpickled.
"""

import ctypes
import math
import os
import resource
import select
import signal
import sys
import time
import warnings
from collections.abc import Callable

_OUT_OF_MEMORY = 12

# glibc's mallopt(3): fill what is allocated and what is freed.
_M_PERTURB = -6


class TookTooLong(Exception):
    """The work was killed at its time limit."""


class TookTooMuchMemory(Exception):
    """The work asked for more memory than it may have."""


class Crashed(Exception):
    """The work brought the child down, as a hostile file can a decoder. The message names the signal."""


class Failed(Exception):
    """No answer, by no fault of the work's input: there was no child, or it ended with its own error."""


def in_child(work: Callable[[], bytes], *, seconds: float, memory: int, output: int) -> bytes:
    """What `work` returns, computed in a forked child.

    `seconds` bounds the time by the clock, `memory` the address space (bytes) on top of this process's own,
    `output` the length of the answer (bytes). Raises TookTooLong, TookTooMuchMemory, Crashed or Failed; never
    returns part of an answer.
    """
    deadline = time.monotonic() + seconds
    reader, writer = os.pipe()
    try:
        pid = _fork()
    except OSError as error:
        os.close(reader)
        os.close(writer)
        raise Failed(f"no fork: {error.strerror}") from error
    if pid == 0:
        _be_the_child(work, writer=writer, seconds=seconds, memory=memory)
    os.close(writer)
    try:
        answer = _read(reader, deadline=deadline, most=output)
    finally:
        os.close(reader)
        # A child that has ended keeps its status; one that merely closed the pipe does not get away.
        os.kill(pid, signal.SIGKILL)
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    if answer is None:
        raise TookTooLong(f"killed after {seconds:g} s")
    if status == 0:
        return answer
    if status == -signal.SIGXCPU:
        raise TookTooLong("killed by its CPU limit")
    if status in (_OUT_OF_MEMORY, -signal.SIGKILL):
        raise TookTooMuchMemory(f"more than {memory} bytes")
    if status < 0:
        raise Crashed(signal.Signals(-status).name)
    raise Failed(f"exit status {status}")


def _fork() -> int:
    with warnings.catch_warnings():
        # Python warns if other threads exist, for they might hold a lock. The child takes none of theirs:
        # glibc and Python renew their own at a fork, and nothing but decoding happens before it exits. Lambda
        # has one thread.
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork()


def _read(reader: int, *, deadline: float, most: int) -> bytes | None:
    """All that the child wrote, None if it was not done by the deadline."""
    parts: list[bytes] = []
    length = 0
    while True:
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([reader], [], [], left)[0]:
            return None
        part = os.read(reader, 2**20)
        if not part:
            return b"".join(parts)
        length += len(part)
        if length > most:
            raise Failed(f"wrote more than {most} bytes")
        parts.append(part)


def _be_the_child(work: Callable[[], bytes], *, writer: int, seconds: float, memory: int) -> None:
    status = 1
    try:
        _keep_only(writer)
        _bound(seconds=seconds, memory=memory)
        _blind()
        answer = memoryview(work())
        while answer:
            answer = answer[os.write(writer, answer) :]
        status = 0
    except MemoryError:
        status = _OUT_OF_MEMORY
    finally:
        # No clean-up of the parent's affairs here: no atexit, no flush of what the parent has buffered.
        os._exit(status)


def _keep_only(writer: int) -> None:
    """Leaves the child no descriptor of the parent's (sockets among them) but the pipe. Its output goes
    nowhere."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nowhere, standard)
    highest = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    os.closerange(3, writer)
    os.closerange(writer + 1, min(highest, 65_536))


def _bound(*, seconds: float, memory: int) -> None:
    cpu = math.ceil(seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    if sys.platform == "linux":
        with open("/proc/self/statm", "rb") as statm:
            mapped = int(statm.read().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (mapped + memory, mapped + memory))


def _blind() -> None:
    """Fills fresh memory, so that a decoder which shows what it never wrote shows none of the parent's data.

    The child has a copy of all of the parent's memory, credentials and other people's photos included. Blocks of
    up to 1,032 bytes may still come unfilled from glibc's cache; the planes of a picture are larger.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).mallopt(_M_PERTURB, 0x55)
