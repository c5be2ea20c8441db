"""Two who work on the same tables at once, in an order that a test says: whose AWS request comes next."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations
from threading import Condition, Thread, current_thread
from typing import Any
from unittest.mock import patch

from botocore.client import BaseClient

type Work = Callable[[], object]
WAITS_S = 20


def orders(first: int, second: int) -> Iterator[tuple[int, ...]]:
    """Every order of `first` requests of one and `second` of the other: 0 is the one, 1 the other."""
    for places in combinations(range(first + second), second):
        yield tuple(int(place in places) for place in range(first + second))


def in_turn(order: Sequence[int], *works: Work) -> None:
    """Let each work; the next request is his who is named by `order`. After its end, and for who is through, none waits.

    Raises what one of them raised.
    """
    turns, left, failed = Condition(), deque(order), list[BaseException]()
    through: set[str] = set()
    request = BaseClient._make_api_call

    def mine() -> bool:
        while left and str(left[0]) in through:
            left.popleft()
        return not left or str(left[0]) == current_thread().name

    def gated(client: BaseClient, operation: str, arguments: dict[str, Any]) -> Any:
        with turns:
            assert turns.wait_for(mine, timeout=WAITS_S)
            if left:
                left.popleft()
            try:
                return request(client, operation, arguments)
            finally:
                turns.notify_all()

    def working(work: Work) -> None:
        try:
            work()
        except BaseException as error:
            failed.append(error)
        with turns:
            through.add(current_thread().name)
            turns.notify_all()

    threads = [Thread(target=working, args=(work,), name=str(who)) for who, work in enumerate(works)]
    with patch.object(BaseClient, "_make_api_call", gated):
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    if failed:
        raise failed[0]
