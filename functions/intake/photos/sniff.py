"""What a file is by its first bytes."""

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
