"""Files to try the photo cleaner with: pictures of every kind, and everything that pretends to be one.

All are made here, from code. What must not survive the cleaning carries CANARY.
"""

import struct
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from random import Random

import pillow_heif
from PIL import Image, ImageCms
from PIL.TiffImagePlugin import IFDRational

CANARY = b"canary-87-7012345678"
TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp", "HEIC": "image/heic"}
KINDS = tuple(TYPES)

RED, GREEN, BLUE, YELLOW = (220, 30, 30), (30, 200, 40), (40, 40, 210), (225, 215, 40)
CORNERS = (RED, GREEN, BLUE, YELLOW)
"""The pattern's colours: top left, top right, bottom left, bottom right."""

PLACE = (52.287303, 76.967402)
TAKEN_AT = datetime(2026, 3, 3, 4, 5, 6, tzinfo=UTC)

# --- Pictures -----------------------------------------------------------------------------------------------


def pattern(size: tuple[int, int] = (96, 64)) -> Image.Image:
    """Four fields of different colours, so that every turn and mirroring is told from every other."""
    image = Image.new("RGB", size)
    width, height = size
    boxes = [(0, 0), (width // 2, 0), (0, height // 2), (width // 2, height // 2)]
    for (x, y), colour in zip(boxes, CORNERS, strict=True):
        image.paste(colour, (x, y, width, height))
    return image


def picture(kind: str, image: Image.Image | None = None, **options: object) -> bytes:
    """The image (the pattern by default) as a file of the kind, at a quality that keeps its colours."""
    image = image or pattern()
    out = BytesIO()
    match kind:
        case "JPEG":
            image.save(out, "JPEG", **{"quality": 92, "subsampling": 0, **options})
        case "WEBP":
            image.save(out, "WEBP", **{"quality": 95, "method": 0, **options})
        case "HEIC":
            pillow_heif.from_pillow(image).save(out, **{"quality": 90, "chroma": 444, **options})
        case _:
            image.save(out, kind, **options)
    return out.getvalue()


# --- Metadata -----------------------------------------------------------------------------------------------


def exif(*, orientation: int = 1, canary: bool = True) -> bytes:
    """An Exif block with a camera, an author, a place and a time, and the canary in every text."""
    text = CANARY.decode() if canary else ""
    tags = Image.Exif()
    tags[0x0112] = orientation
    if canary:
        for tag in (0x010E, 0x010F, 0x0110, 0x0131, 0x013B, 0x013C, 0x8298):
            tags[tag] = text
        tags[0x9C9C] = CANARY.decode().encode("utf-16le")
    tags[0x8769] = {
        0x9003: "2026:03:03 09:05:06",
        0x9011: "+05:00",
        0x927C: b"maker" + (CANARY if canary else b""),
        0x9286: b"ASCII\0\0\0" + (CANARY if canary else b""),
        0xA420: text,
        0xA430: text,
        0xA431: text,
    }
    tags[0x8825] = gps(*PLACE, text=text)
    return tags.tobytes()


def gps(lat: float, lon: float, *, text: str = "") -> dict[int, object]:
    """A GPS directory with every field that Exif knows."""
    return {
        0x00: b"\x02\x03\x00\x00",
        0x01: "N" if lat >= 0 else "S",
        0x02: _degrees(lat),
        0x03: "E" if lon >= 0 else "W",
        0x04: _degrees(lon),
        0x05: b"\x00",
        0x06: IFDRational(1201, 10),
        0x07: (IFDRational(4), IFDRational(5), IFDRational(6)),
        0x08: text,
        0x09: "A",
        0x0A: "3",
        0x0B: IFDRational(12, 10),
        0x0C: "K",
        0x0D: IFDRational(0),
        0x0E: "T",
        0x0F: IFDRational(90),
        0x10: "T",
        0x11: IFDRational(271, 3),
        0x12: "WGS-84",
        0x13: "N",
        0x14: _degrees(lat),
        0x15: "E",
        0x16: _degrees(lon),
        0x17: "T",
        0x18: IFDRational(1),
        0x19: "K",
        0x1A: IFDRational(1),
        0x1B: b"ASCII\0\0\0" + text.encode(),
        0x1C: b"ASCII\0\0\0" + text.encode(),
        0x1D: "2026:03:03",
        0x1E: 0,
        0x1F: IFDRational(5),
    }


def _degrees(angle: float) -> tuple[IFDRational, IFDRational, IFDRational]:
    angle = abs(angle)
    minutes = (angle % 1) * 60
    return IFDRational(int(angle)), IFDRational(int(minutes)), IFDRational(round(minutes % 1 * 60_000), 1000)


def xmp(*, orientation: int = 3) -> bytes:
    """An XMP packet. Its orientation contradicts the pattern's on purpose, for only Exif's counts."""
    packet = (
        b'<x:xmpmeta xmlns:x="adobe:ns:meta/">'
        b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        b'<rdf:Description xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Orientation="%d" note="%s"/>'
        b"</rdf:RDF></x:xmpmeta>"
    )
    return packet % (orientation, CANARY)


def icc_red_and_green_swapped() -> bytes:
    """An RGB profile that means green where sRGB means red: under it, the two must come out exchanged."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    count = struct.unpack(">I", profile[128:132])[0]
    names = [bytes(profile[132 + 12 * n : 136 + 12 * n]) for n in range(count)]
    for name, other in ((b"rXYZ", b"gXYZ"), (b"gXYZ", b"rXYZ")):
        at = 132 + 12 * names.index(name)
        profile[at : at + 4] = other
    return bytes(profile)


def with_every_metadata(kind: str) -> bytes:
    """The pattern as a file of the kind, with the canary wherever that kind can carry text."""
    blocks = {"exif": exif(), "icc_profile": icc_red_and_green_swapped()}
    match kind:
        case "JPEG":
            data = picture(kind, xmp=xmp(), comment=CANARY, **blocks)
            iptc = b"Photoshop 3.0\x008BIM\x04\x04\0\0" + struct.pack(">I", len(CANARY)) + CANARY
            more = _segment(0xED, iptc) + _segment(0xEF, CANARY) + _segment(0xFE, CANARY)
            return data[:2] + more + data[2:] + CANARY
        case "PNG":
            return png_with(
                picture(kind, **blocks),
                (b"tEXt", b"Comment\0" + CANARY),
                (b"zTXt", b"Comment\0\0" + zlib.compress(CANARY)),
                (b"iTXt", b"Comment\0\0\0kk\0\0" + CANARY),
                (b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + xmp()),
                (b"tIME", struct.pack(">HBBBBB", 2026, 3, 3, 4, 5, 6)),
                (b"prVt", CANARY),
            )
        case "WEBP":
            return picture(kind, xmp=xmp(), **blocks)
        case _:
            image = pattern()
            image.info["icc_profile"] = blocks["icc_profile"]
            # An encoder turns XMP's orientation into the container's, which does count.
            return picture(kind, image, exif=blocks["exif"], xmp=xmp(orientation=1))


def _segment(marker: int, payload: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(payload) + 2) + payload


def jpeg_with_exif(block: bytes) -> bytes:
    data = picture("JPEG")
    return data[:2] + _segment(0xE1, b"Exif\0\0" + block) + data[2:]


# --- PNG by hand: what Pillow cannot write ------------------------------------------------------------------


def png(
    size: tuple[int, int],
    rows: bytes | Iterator[bytes],
    *,
    bits: int = 8,
    colour: int = 2,
    extra: tuple[tuple[bytes, bytes], ...] = (),
) -> bytes:
    """A PNG of rows that each begin with their filter byte. `colour`: 0 grey, 2 RGB, 6 RGBA."""
    packer = zlib.compressobj(1)
    pieces = [rows] if isinstance(rows, bytes) else rows
    body = b"".join(packer.compress(piece) for piece in pieces) + packer.flush()
    header = struct.pack(">IIBBBBB", *size, bits, colour, 0, 0, 0)
    chunks = ((b"IHDR", header), *extra, (b"IDAT", body), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*chunk) for chunk in chunks)


def png_with(data: bytes, *chunks: tuple[bytes, bytes]) -> bytes:
    """The PNG with further chunks behind its header."""
    return data[:33] + b"".join(_chunk(*chunk) for chunk in chunks) + data[33:]


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def one_bit_png(width: int, height: int) -> bytes:
    """A picture of few bytes and many pixels, black."""
    return png((width, height), (b"\0" * (1 + (width + 7) // 8) for _ in range(height)), bits=1, colour=0)


def rgb16_png() -> bytes:
    """48 bits a pixel: the pattern's top left colour in the high bytes, noise in the low ones."""
    pixel = b"".join(bytes((value, 0x7F)) for value in RED)
    return png((8, 8), (b"\0" + pixel * 8) * 8, bits=16)


def grey16_png() -> bytes:
    """16 bits of grey: 0x80FF throughout, which is 128 in 8 bits and 255 to a reader that clips."""
    return png((8, 8), (b"\0" + b"\x80\xff" * 8) * 8, bits=16, colour=0)


# --- Many frames --------------------------------------------------------------------------------------------


def heic_turned_by_exif_alone(orientation: int) -> bytes:
    """As Samsung's phones write it: the turn is in Exif, and the container has none."""
    data = picture("HEIC", exif=exif())
    assert b"irot" not in data
    return with_exif_orientation(data, orientation)


def with_exif_orientation(heic: bytes, orientation: int) -> bytes:
    """The file, whose Exif has orientation 1, with another one in it."""
    upright, turned = (struct.pack(">HHIH", 0x0112, 3, 1, each) for each in (1, orientation))
    assert heic.count(upright) == 1
    return heic.replace(upright, turned)


def animated(kind: str) -> bytes:
    """Three frames, of which the first is the pattern."""
    others = [Image.new("RGB", (96, 64), colour) for colour in ("black", "white")]
    return picture(kind, save_all=True, append_images=others, duration=100)


def apng_of_many_frames(frames: int) -> bytes:
    """An APNG whose first frame is the pattern and whose others are one pixel each."""
    base = picture("PNG")
    ends = base.index(b"IDAT") - 4
    pixel = zlib.compress(b"\0\0\0\0")
    body = [_chunk(b"acTL", struct.pack(">II", frames, 0)), _control(0, 96, 64), base[ends:-12]]
    for number in range(1, frames):
        body += [_control(2 * number - 1, 1, 1), _chunk(b"fdAT", struct.pack(">I", 2 * number) + pixel)]
    return base[:ends] + b"".join(body) + base[-12:]


def _control(sequence: int, width: int, height: int) -> bytes:
    return _chunk(b"fcTL", struct.pack(">IIIIIHHBB", sequence, width, height, 0, 0, 1, 10, 0, 0))


def webp_of_many_frames(frames: int) -> bytes:
    """An animated WebP whose last frame is repeated until there are that many."""
    data = animated("WEBP")
    at, size = _last_webp_chunk(data, b"ANMF")
    frame = data[at : at + size]
    body = data[8:at] + frame * (frames - 2)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _last_webp_chunk(data: bytes, name: bytes) -> tuple[int, int]:
    at, found = 12, (0, 0)
    while at < len(data):
        size = 8 + struct.unpack("<I", data[at + 4 : at + 8])[0]
        size += size % 2
        if data[at : at + 4] == name:
            found = (at, size)
        at += size
    return found


# --- Cut ---------------------------------------------------------------------------------------------------


def noise(size: tuple[int, int] = (160, 120)) -> Image.Image:
    """A picture every part of which takes bytes."""
    return Image.frombytes("RGB", size, Random(4).randbytes(size[0] * size[1] * 3))


def whole_files() -> dict[str, tuple[str, bytes]]:
    """Files of every kind and structure that phones write, each with its kind."""
    return {
        "jpeg": ("JPEG", picture("JPEG", noise())),
        "jpeg of a phone": ("JPEG", picture("JPEG", noise(), subsampling=2, quality=85, exif=exif())),
        "jpeg, optimised": ("JPEG", picture("JPEG", noise(), optimize=True)),
        "jpeg, progressive": ("JPEG", picture("JPEG", noise(), progressive=True)),
        "jpeg, grey": ("JPEG", picture("JPEG", noise().convert("L"))),
        "jpeg, restarts": ("JPEG", picture("JPEG", noise(), restart_marker_rows=1)),
        "jpeg, a pattern": ("JPEG", picture("JPEG")),
        "png": ("PNG", picture("PNG", noise())),
        "webp": ("WEBP", picture("WEBP", noise())),
        "webp, lossless": ("WEBP", picture("WEBP", noise(), lossless=True)),
        "webp of a phone": ("WEBP", picture("WEBP", noise(), exif=exif())),
        "heic": ("HEIC", picture("HEIC", noise())),
        # As an iPhone writes it: a grid of pictures, one behind the other, each coded by itself.
        "heic of tiles": ("HEIC", picture("HEIC", noise((256, 256)), tile_size=128, exif=exif())),
    }


# --- Bombs --------------------------------------------------------------------------------------------------


def png_declaring(width: int, height: int) -> bytes:
    return png((width, height), b"\0" * 1000)


def jpeg_declaring(width: int, height: int, *, progressive: bool = False) -> bytes:
    data = bytearray(picture("JPEG", progressive=progressive))
    at = data.index(b"\xff\xc2" if progressive else b"\xff\xc0")
    data[at + 5 : at + 9] = struct.pack(">HH", height, width)
    return bytes(data)


def webp_declaring(width: int, height: int, *, lossless: bool) -> bytes:
    """A small WebP whose own frame header (VP8 or VP8L) claims another size."""
    data = bytearray(picture("WEBP", lossless=lossless))
    if lossless:
        bits = struct.unpack("<I", data[21:25])[0] & 0xF000_0000
        data[21:25] = struct.pack("<I", bits | (height - 1) << 14 | (width - 1))
    else:
        data[26:30] = struct.pack("<HH", width, height)
    return bytes(data)


def webp_canvas_declaring(width: int, height: int) -> bytes:
    """A WebP whose extended header claims a canvas larger than its picture."""
    data = bytearray(picture("WEBP", exif=exif()))
    assert data[12:16] == b"VP8X"
    data[24:30] = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return bytes(data)


def heic_declaring(width: int, height: int) -> bytes:
    data = bytearray(picture("HEIC"))
    at = data.index(b"ispe")
    while at >= 0:
        data[at + 8 : at + 16] = struct.pack(">II", width, height)
        at = data.find(b"ispe", at + 4)
    return bytes(data)


def png_with_packed_text(name: bytes, megabytes: int) -> bytes:
    """A small PNG with a text or profile chunk that unpacks to that much."""
    packer = zlib.compressobj(1)
    packed = b"".join(packer.compress(bytes(2**20)) for _ in range(megabytes)) + packer.flush()
    content = {
        b"zTXt": b"Comment\0\0" + packed,
        b"iTXt": b"Comment\0\1\0\0\0" + packed,
        b"iCCP": b"profile\0\0" + packed,
    }[name]
    return png_with(picture("PNG"), (name, content))


def jpeg_of_many_scans(scans: int) -> bytes:
    """A progressive JPEG, 7,000 pixels square, whose last scan is repeated: each costs bytes but a walk
    over all blocks.
    """
    data = picture("JPEG", Image.new("L", (7000, 7000), 128), progressive=True)
    last = data.rindex(b"\xff\xda")
    return data[:-2] + data[last:-2] * scans + data[-2:]


# --- What is no photo ---------------------------------------------------------------------------------------

NOT_IMAGES = {
    "text": b"hello, this is a photo, honestly",
    "html": b"<!doctype html><script>alert(1)</script>" * 9,
    "pdf": b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\n" * 9,
    "zip": b"PK\x03\x04\x14\0\0\0\0\0" * 9,
    "elf": b"\x7fELF\x02\x01\x01" + b"\0" * 99,
    "jpeg's first two bytes": b"\xff\xd8",
    "riff of another kind": b"RIFF\x24\0\0\0WAVEfmt " + b"\0" * 40,
    "zeros": b"\0" * 1000,
}

UNSUPPORTED = {
    "gif": b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;",
    "svg": b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "tiff": b"II*\0\x08\0\0\0\0\0",
    "bmp": b"BM" + b"\0" * 60,
    "avif": b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf" + b"\0" * 99,
    "mp4": b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + b"\0" * 99,
    "mif1 of another codec": b"\0\0\0\x18ftypmif1\0\0\0\0mif1avif" + b"\0" * 99,
    "heic sequence": b"\0\0\0\x18ftyphevc\0\0\0\0msf1hevc" + b"\0" * 99,
    "jpeg xl": b"\xff\x0a" + b"\0" * 60,
    "matroska": b"\x1aE\xdf\xa3" + b"\0" * 60,
}


def polyglots() -> dict[str, bytes]:
    """Real pictures that are something else as well."""
    html = b"<html><script>alert('" + CANARY + b"')</script></html>"
    archive = b"PK\x03\x04" + CANARY + b"PK\x05\x06" + b"\0" * 18
    jpeg = picture("JPEG")
    return {
        "jpeg then zip": jpeg + archive,
        "jpeg then html": jpeg + html,
        "jpeg with html comment": jpeg[:2] + _segment(0xFE, b"*/" + html + b"/*") + jpeg[2:],
        "jpeg then jpeg": jpeg + with_every_metadata("JPEG"),
        "jpeg with php in its tables": jpeg[:2]
        + _segment(0xE5, b"<?php echo '" + CANARY + b"'; ?>")
        + jpeg[2:],
        "png then zip": picture("PNG") + archive,
        "png with html chunk": png_with(picture("PNG"), (b"tEXt", b"Title\0" + html)),
        "webp then html": picture("WEBP") + html,
        "heic then zip": picture("HEIC") + archive,
    }


# --- An independent reader ----------------------------------------------------------------------------------


def jpeg_segments(data: bytes) -> list[tuple[int, bytes]]:
    """Markers and payloads of a JPEG (ITU-T T.81, annex B), strictly: raises AssertionError on any byte out
    of place.
    """
    assert data[:2] == b"\xff\xd8", "no SOI"
    at, segments = 2, []
    while True:
        assert data[at] == 0xFF, f"no marker at {at}"
        marker = data[at + 1]
        at += 2
        if marker == 0xD9:
            assert at == len(data), f"{len(data) - at} bytes behind EOI"
            return segments
        length = struct.unpack(">H", data[at : at + 2])[0]
        segments.append((marker, data[at + 2 : at + length]))
        at += length
        if marker == 0xDA:
            while data[at] != 0xFF or data[at + 1] == 0 or 0xD0 <= data[at + 1] <= 0xD7:
                at += 1
