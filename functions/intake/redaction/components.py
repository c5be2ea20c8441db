"""What hangs together in a mask."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

type Bounds = tuple[int, int, int, int]


def components(mask: NDArray[np.bool_]) -> list[Bounds]:
    """Left, top, right and bottom of each piece, by its first row and column; pieces that touch at a corner are one.

    Row by row, by runs: a mask of text has some thousands of them, where it has millions of pixels.
    """
    bounds: list[list[int]] = []
    leader: list[int] = []
    above: list[tuple[int, int, int]] = []
    for y, runs in enumerate(_runs(mask)):
        here: list[tuple[int, int, int]] = []
        first = 0
        for left, right in runs:
            number = len(bounds)
            bounds.append([left, y, right, y + 1])
            leader.append(number)
            while first < len(above) and above[first][1] < left:
                first += 1
            at = first
            while at < len(above) and above[at][0] <= right:
                number = _joined(number, above[at][2], bounds=bounds, leader=leader)
                at += 1
            here.append((left, right, number))
        above = here
    return [
        (each[0], each[1], each[2], each[3]) for number, each in enumerate(bounds) if leader[number] == number
    ]


def _runs(mask: NDArray[np.bool_]) -> Iterator[list[tuple[int, int]]]:
    edges = np.diff(np.pad(mask, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    for row in edges:
        changes = np.flatnonzero(row)
        yield [(int(left), int(right)) for left, right in zip(changes[::2], changes[1::2], strict=True)]


def _joined(one: int, other: int, *, bounds: list[list[int]], leader: list[int]) -> int:
    one, other = _led(one, leader), _led(other, leader)
    if one == other:
        return one
    low, high = sorted((one, other))
    leader[high] = low
    mine, its = bounds[low], bounds[high]
    bounds[low] = [
        *(min(pair) for pair in zip(mine[:2], its[:2], strict=True)),
        *(max(pair) for pair in zip(mine[2:], its[2:], strict=True)),
    ]
    return low


def _led(number: int, leader: list[int]) -> int:
    while leader[number] != number:
        leader[number] = leader[leader[number]]
        number = leader[number]
    return number
