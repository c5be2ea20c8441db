"""The boxes of a HEIC file, as far as the check needs what its decoder does not say.

Source: ISO/IEC 14496-12 (boxes, `meta`, `iloc`, `pitm`) and ISO/IEC 23008-12, section 9.3 (`iprp`, `ipco`, `ipma`). Every
number is big-endian. Whatever a file says, nothing here raises: what cannot be read is taken for absent.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_FULL: Final = 4
"""Version and flags, before the content of a full box."""
_TURNS: Final = frozenset({b"irot", b"imir"})
_KNOWN: Final = frozenset({b"ftyp", b"meta", b"mdat", b"moov", b"free", b"skip", b"uuid"})
"""Boxes of the file itself; what follows them under another name is somebody else's, as some phones append it."""


@dataclass(frozen=True, slots=True)
class _Box:
    """`content` without its header; not `whole` where the file ends within it."""

    name: bytes
    content: bytes
    whole: bool


def boxes_end_early(data: bytes) -> bool:
    """Whether a box, or a piece of any of its pictures, lies behind the end of the file."""
    meta = None
    for box in _boxes(data):
        if box.name not in _KNOWN:
            # What is not known has no known end.
            if meta is None:
                return False
            break
        if not box.whole:
            return True
        if box.name == b"meta" and meta is None:
            meta = box.content[_FULL:]
    return meta is None or any(end > len(data) for end in _ends(_first(meta, b"iloc")))


def turned_by_container(data: bytes) -> bool:
    """Whether the main picture has a turn (`irot`) or a mirror (`imir`), which the decoder applies."""
    meta = _first(data, b"meta")[_FULL:]
    primary = _first(meta, b"pitm")
    main = int.from_bytes(primary[_FULL:])
    properties = _first(meta, b"iprp")
    names = [box.name for box in _boxes(_first(properties, b"ipco"))]
    return any(
        0 < index <= len(names) and names[index - 1] in _TURNS
        for box in _boxes(properties)
        if box.name == b"ipma"
        for index in _associated(box.content, main)
    )


def _boxes(data: bytes) -> Iterator[_Box]:
    at = 0
    while at + 8 <= len(data):
        size, name, head = int.from_bytes(data[at : at + 4]), data[at + 4 : at + 8], 8
        if size == 1:
            size, head = int.from_bytes(data[at + 8 : at + 16]), 16
        elif size == 0:
            size = len(data) - at
        if size < head:
            return
        yield _Box(name, data[at + head : at + size], whole=at + size <= len(data))
        at += size


def _first(data: bytes, name: bytes) -> bytes:
    return next((box.content for box in _boxes(data) if box.name == name), b"")


class _Reader:
    """Numbers one after another; behind the end they are 0."""

    def __init__(self, content: bytes) -> None:
        self._content, self._at = content, 0

    def number(self, size: int) -> int:
        self._at += size
        return int.from_bytes(self._content[self._at - size : self._at])

    @property
    def over(self) -> bool:
        return self._at >= len(self._content)


def _ends(iloc: bytes) -> Iterator[int]:
    """Where each piece that lies in the file itself ends, in bytes from the file's beginning."""
    reader = _Reader(iloc)
    version = reader.number(1)
    reader.number(3)
    offset_size, length_size = divmod(reader.number(1), 16)
    base_size, index_size = divmod(reader.number(1), 16)
    wide = 4 if version == 2 else 2
    for _ in range(reader.number(wide)):
        reader.number(wide)
        in_file = version == 0 or reader.number(2) & 15 == 0
        elsewhere = reader.number(2)
        base = reader.number(base_size)
        for _ in range(reader.number(2)):
            if version:
                reader.number(index_size)
            offset = reader.number(offset_size)
            length = reader.number(length_size)
            if in_file and not elsewhere:
                yield base + offset + length
        if reader.over:
            return


def _associated(ipma: bytes, item: int) -> Iterator[int]:
    """The properties of an item, each by its place in `ipco`, from 1."""
    reader = _Reader(ipma)
    version = reader.number(1)
    flags = reader.number(3)
    size = 2 if flags & 1 else 1
    for _ in range(reader.number(4)):
        if reader.over:
            return
        of = reader.number(2 if version == 0 else 4)
        for _ in range(reader.number(1)):
            index = reader.number(size) & (0x7FFF if size == 2 else 0x7F)
            if of == item:
                yield index
