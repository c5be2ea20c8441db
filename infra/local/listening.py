"""A socket that is there before the process which is given it: nobody takes its port in between, and no other's answer is
taken for its own.
"""

import socket
from typing import Final

LOOPBACK: Final = "127.0.0.1"


def listening(port: int, *, refused: type[Exception]) -> socket.socket:
    """On the loopback, at any port for 0. Raises `refused`, which says why, where the port is taken."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((LOOPBACK, port))
    except OSError as error:
        listener.close()
        raise refused(f"port {port} of {LOOPBACK} is taken: {error.strerror}") from error
    listener.listen(1024)
    return listener
