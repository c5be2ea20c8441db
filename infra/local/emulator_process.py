"""The emulator's process. It runs in the emulator's own environment, started by `infra.local.emulator`.

    python emulator_process.py LISTENING_SOCKET_FD [--with-parent]

By itself the emulator stops listening on SIGTERM but stays, and so do its Lambda workers. This process leads
a group of its own and ends the whole group when it ends. With `--with-parent` that is as soon as its standard
input does, which is when the parent has died.
"""

import asyncio
import os
import resource
import signal
import sys
import threading
import traceback
import zipfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from infra.local.unpacked_once import UnpackedOnce, forget_unused

# The checkout is not the emulator's business.
sys.path.pop(0)


def end_group() -> None:
    if os.getpgrp() == os.getpid():
        os.killpg(os.getpgrp(), signal.SIGKILL)
    os._exit(1)


def end_with_parent() -> None:
    while os.read(sys.stdin.fileno(), 1024):
        pass
    end_group()


async def serve(socket_fd: int) -> None:
    # The emulator asks the module for it at each archive.
    zipfile.ZipFile = UnpackedOnce  # type: ignore[misc]
    from hypercorn.asyncio import serve as serve_application
    from hypercorn.config import Config
    from ministack.app import app

    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    config = Config()
    config.bind = [f"fd://{socket_fd}"]
    config.keep_alive_timeout = 75
    config.graceful_timeout = 0.5
    config.loglevel = "WARNING"
    config.certfile = os.environ.get("MINISTACK_SSL_CERT")
    config.keyfile = os.environ.get("MINISTACK_SSL_KEY")
    await serve_application(app, config, shutdown_trigger=stopping.wait)
    # Not by way of asyncio.run's end: that waits for worker threads which never finish.
    end_group()


if __name__ == "__main__":
    if "--with-parent" in sys.argv[2:]:
        threading.Thread(target=end_with_parent, daemon=True).start()
    soft_limit, hard_limit = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft_limit < 10_240 <= hard_limit:
        resource.setrlimit(resource.RLIMIT_NOFILE, (10_240, hard_limit))
    forget_unused()
    try:
        asyncio.run(serve(int(sys.argv[1])))
    except Exception:
        traceback.print_exc()
        sys.stderr.flush()
        end_group()
