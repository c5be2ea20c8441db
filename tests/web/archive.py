"""An archive of tiles (PMTiles, version 3) in which every place looks the same, and what a vector tile of it is made of.

https://github.com/protomaps/PMTiles/blob/main/spec/v3/spec.md
https://github.com/mapbox/vector-tile-spec/blob/master/2.1/README.md
"""

import gzip
import json
import struct
from collections.abc import Mapping, Sequence
from typing import Final, Literal

type Shape = Sequence[tuple[int, int]]
"""Points in a tile, from (0, 0) in its north-west to (4096, 4096)."""

_EXTENT: Final = 4096
_ZOOM_MOST: Final = 15
_TILES: Final = (4 ** (_ZOOM_MOST + 1) - 1) // 3
_HEADER: Final = 127
_GZIP: Final = 2
_TYPES: Final = {"mvt": 1, "png": 2, "mlt": 6}
_EVERYWHERE: Final = (-180, -85, 180, 85)

WHOLE: Final[Shape] = ((0, 0), (_EXTENT, 0), (_EXTENT, _EXTENT), (0, _EXTENT))


def archive(tile: bytes, kind: Literal["mvt", "png", "mlt"], *, metadata: Mapping[str, str]) -> bytes:
    """Of all zooms to 15; a directory of one entry has all tiles begin at the same bytes."""
    content = tile if kind == "png" else gzip.compress(tile)
    root = gzip.compress(b"".join(map(_varint, (1, 0, _TILES, len(content), 1))))
    said = gzip.compress(json.dumps(metadata).encode())
    sections = (len(root), len(said), 0, len(content))
    places = [_HEADER + sum(sections[:before]) for before in range(len(sections))]
    spans = [each for place, length in zip(places, sections, strict=True) for each in (place, length)]
    degrees = [int(each * 10_000_000) for each in _EVERYWHERE]
    header = b"PMTiles\x03" + struct.pack(
        "<11Q6B4iB2i",
        *spans,
        *(_TILES, 1, 1),
        *(1, _GZIP, 1 if kind == "png" else _GZIP, _TYPES[kind], 0, _ZOOM_MOST),
        *degrees,
        *(0, 0, 0),
    )
    return header + root + said + content


def vector_tile(layers: Mapping[str, Sequence[tuple[str, Literal["line", "area"], Shape]]]) -> bytes:
    """By a layer's name its features: the kind, and where it lies."""
    return b"".join(_field(3, _layer(name, features)) for name, features in layers.items())


def _layer(name: str, features: Sequence[tuple[str, Literal["line", "area"], Shape]]) -> bytes:
    kinds = sorted({kind for kind, _, _ in features})
    return b"".join(
        (
            _field(1, name.encode()),
            *(
                _field(
                    2,
                    _field(2, _varint(0) + _varint(kinds.index(kind)))
                    + _number(3, 3 if form == "area" else 2)
                    + _field(4, b"".join(map(_varint, _drawn(shape, closed=form == "area")))),
                )
                for kind, form, shape in features
            ),
            _field(3, b"kind"),
            *(_field(4, _field(1, kind.encode())) for kind in kinds),
            _number(5, _EXTENT),
            _number(15, 2),
        )
    )


def _drawn(shape: Shape, *, closed: bool) -> Sequence[int]:
    """The commands: move there, draw lines by so much, and back to the beginning."""
    steps = [(to[0] - at[0], to[1] - at[1]) for at, to in zip(((0, 0), *shape[:-1]), shape, strict=True)]
    numbers = [each << 1 if each >= 0 else (-each << 1) - 1 for step in steps for each in step]
    return [
        1 | 1 << 3,
        *numbers[:2],
        2 | len(steps) - 1 << 3,
        *numbers[2:],
        *([7 | 1 << 3] if closed else []),
    ]


def _field(number: int, content: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def _number(number: int, value: int) -> bytes:
    return _varint(number << 3) + _varint(value)


def _varint(value: int) -> bytes:
    made = bytearray()
    while value > 0x7F:
        made.append(value & 0x7F | 0x80)
        value >>= 7
    made.append(value)
    return bytes(made)
