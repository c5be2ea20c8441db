"""What a file is by its first bytes, and whether it stops before its own structure says so."""

JPEG = "JPEG"
PNG = "PNG"
WEBP = "WEBP"
HEIC = "HEIC"
OTHER = "OTHER"
"""A known kind of picture or film that is not accepted."""

_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"

# Major brands of ISO base media files with HEVC-coded still pictures (ISO/IEC 23008-12, B.4.1.2 and B.4.1.3).
_HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis"})

# GIF, BMP, TIFF (and most raw formats), Windows icon, Photoshop, JPEG XL, JPEG 2000, Matroska.
_UNSUPPORTED = (
    b"GIF87a",
    b"GIF89a",
    b"BM",
    b"II*\x00",
    b"MM\x00*",
    b"\x00\x00\x01\x00",
    b"8BPS",
    b"\xff\x0a",
    b"\x00\x00\x00\x0cJXL ",
    b"\x00\x00\x00\x0cjP  ",
    b"\x1aE\xdf\xa3",
)


def sniff(data: bytes) -> str | None:
    """`JPEG`, `PNG`, `WEBP` or `HEIC` by exact magic bytes, `OTHER` for a picture or film that is not
    accepted, None for anything else."""
    if data.startswith(b"\xff\xd8\xff"):
        return JPEG
    if data.startswith(_PNG_SIGNATURE):
        return PNG
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return WEBP
    if data[4:8] == b"ftyp":
        return HEIC if _is_heic(data) else OTHER
    if data.startswith(_UNSUPPORTED) or b"<svg" in data[:512]:
        return OTHER
    return None


def _is_heic(data: bytes) -> bool:
    major = data[8:12]
    if major in _HEIC_BRANDS:
        return True
    # "mif1" only says "a still picture"; which codec is among the compatible brands that follow.
    end = min(int.from_bytes(data[:4], "big"), 256)
    compatible = {data[at : at + 4] for at in range(16, end, 4)}
    return major == b"mif1" and not compatible.isdisjoint(_HEIC_BRANDS)


def webp_canvas(data: bytes) -> tuple[int, int] | None:
    """Width and height that a WebP file declares (RFC 9649, sections 2.5 to 2.7), None if it has none."""
    chunk = data[12:16]
    if chunk == b"VP8X" and len(data) >= 30:
        return int.from_bytes(data[24:27], "little") + 1, int.from_bytes(data[27:30], "little") + 1
    if chunk == b"VP8L" and len(data) >= 25:
        bits = int.from_bytes(data[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if chunk == b"VP8 " and len(data) >= 30:
        return (
            int.from_bytes(data[26:28], "little") & 0x3FFF,
            int.from_bytes(data[28:30], "little") & 0x3FFF,
        )
    return None


def ends_early(kind: str, data: bytes) -> bool:
    """Whether the file stops before the end that its own lengths and markers announce."""
    match kind:
        case "JPEG":
            return _jpeg_ends_early(data)
        case "PNG":
            return _chunks_end_early(data, start=len(_PNG_SIGNATURE), overhead=12, last=b"IEND")
        case "WEBP":
            return len(data) < int.from_bytes(data[4:8], "little") + 8
        case _:
            return _boxes_end_early(data)


def _jpeg_ends_early(data: bytes) -> bool:
    at = 2
    while at + 4 <= len(data):
        if data[at] != 0xFF:
            return False
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        if marker == 0xDA:
            return b"\xff\xd9" not in data[at:]
        if marker == 0xD9:
            return False
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return True


def _chunks_end_early(data: bytes, *, start: int, overhead: int, last: bytes) -> bool:
    at = start
    while at + overhead <= len(data):
        name = data[at + 4 : at + 8]
        if not name.isalpha():
            return False
        at += overhead + int.from_bytes(data[at : at + 4], "big")
        if name == last:
            return at > len(data)
    return True


def _boxes_end_early(data: bytes) -> bool:
    at = 0
    while at + 8 <= len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        if size == 0 or not data[at + 4 : at + 8].isalnum():
            return False
        if size == 1:
            size = int.from_bytes(data[at + 8 : at + 16], "big")
        if size < 8:
            return False
        at += size
    return at != len(data)
