"""Whether a file stops before its own structure says so: asked before it is decoded, for decoders make up what is missing.

Sources: ITU-T T.81, annex B and G (JPEG); PNG (third edition), section 5; RFC 9649, section 2.4 (WebP); `boxes` (HEIC).
"""

import re
from typing import Final

from functions.intake.photos.boxes import boxes_end_early
from functions.intake.photos.sniff import HEIC, JPEG, PNG

_PNG_SIGNATURE_LENGTH: Final = 8
_EOI: Final = b"\xff\xd9"
_SOS, _EOI_MARKER = 0xDA, 0xD9
_SOF_PROGRESSIVE: Final = 0xC2
# Not DHT (C4), JPG (C8) and DAC (CC).
_SOF: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_NEXT_MARKER: Final = re.compile(rb"\xff+([^\x00\xd0-\xd7\xff])", re.DOTALL)
_COEFFICIENTS: Final = 64

type Scan = tuple[frozenset[int], range, int]
"""The components in it, which coefficients, and how many bits of them are still to come."""


def ends_early(kind: str, data: bytes) -> bool:
    """Whether the file stops before the end that its own lengths and markers announce.

    Of a JPEG without an end marker it says only whether a scan is missing, for where coded data end is known by decoding
    them alone (`continued`).
    """
    if kind == JPEG:
        return _jpeg_ends_early(data)
    if kind == PNG:
        return _png_ends_early(data)
    if kind == HEIC:
        return boxes_end_early(data)
    return len(data) < int.from_bytes(data[4:8], "little") + 8


def continued(data: bytes) -> tuple[bytes, bytes] | None:
    """Two files which differ in what comes behind a JPEG's last byte, None where it has its end marker.

    Nothing is missing of a file from which both give the same picture: what it shows does not depend on what would follow.
    """
    end = _jpeg_scans(data)[2]
    if end:
        return None
    # A lone FF is half of a marker, or of a stuffed byte.
    coded = data.rstrip(b"\xff")
    return coded + _EOI, coded + _NOISE + _EOI


# Begins with a one, as what a decoder makes up for missing bits is zeros; has no FF, which would be a marker.
_NOISE: Final = bytes(128 + (53 + each * 89 + each // 7) % 127 for each in range(4096))


def _jpeg_ends_early(data: bytes) -> bool:
    components, scans, ended = _jpeg_scans(data)
    if ended:
        return False
    return not scans or not all(_complete(component, scans) for component in components)


def _complete(component: int, scans: list[Scan]) -> bool:
    """Whether every coefficient of the component has come, to its last bit."""
    left = dict.fromkeys(range(_COEFFICIENTS), 1)
    for among, coefficients, bits in scans:
        if component in among:
            left.update(dict.fromkeys(coefficients, bits))
    return not any(left.values())


def _jpeg_scans(data: bytes) -> tuple[frozenset[int], list[Scan], bool]:
    """The components of a JPEG, its scans, and whether it has its end marker."""
    components: frozenset[int] = frozenset()
    progressive = False
    scans: list[Scan] = []
    at = 2
    while (found := _NEXT_MARKER.search(data, at)) is not None:
        marker, at = found[1][0], found.end()
        if marker == _EOI_MARKER:
            return components, scans, True
        length = int.from_bytes(data[at : at + 2])
        segment = data[at + 2 : at + length]
        at += length
        if at > len(data) or length < 2:
            break
        if marker in _SOF:
            progressive = marker == _SOF_PROGRESSIVE
            components = frozenset(segment[6::3])
        if marker == _SOS:
            scans.append(_scan(segment, progressive=progressive))
    return components, scans, False


def _scan(segment: bytes, *, progressive: bool) -> Scan:
    number = segment[0] if segment else 0
    among = frozenset(segment[1 : 1 + 2 * number : 2])
    first, last, approximation = (*segment[1 + 2 * number :], 0, 0, 0)[:3]
    if not progressive:
        return among, range(_COEFFICIENTS), 0
    return among, range(first, last + 1), approximation & 15


def _png_ends_early(data: bytes) -> bool:
    at = _PNG_SIGNATURE_LENGTH
    while at + 12 <= len(data):
        name = data[at + 4 : at + 8]
        if not name.isalpha():
            return False
        at += 12 + int.from_bytes(data[at : at + 4])
        if name == b"IEND":
            return at > len(data)
    return True
