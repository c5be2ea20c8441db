"""Several things at the same time, in threads: what waits for an answer does not make the others wait."""

from collections.abc import Callable, Sequence


def side_by_side[Item, Result](
    work: Callable[[Item], Result], items: Sequence[Item], *, most: int
) -> list[Result]:
    """The results, in the order of the items; at most `most` are worked on at a time. One alone needs no thread.

    Raises what `work` raises, once all of them are done.
    """
    if len(items) < 2 or most < 2:
        return [work(item) for item in items]
    # Most batches are of one.
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415

    with ThreadPoolExecutor(min(most, len(items))) as pool:
        return list(pool.map(work, items))
