"""What a photo may be, and the reasons for which one is refused."""

from dataclasses import dataclass

REASONS = (
    "empty",
    "too_many_bytes",
    "not_an_image",
    "unsupported_type",
    "too_many_pixels",
    "truncated",
    "corrupt",
    "took_too_long",
    "too_much_memory",
    "malware",
)
"""Every reason for which a photo is refused for its file, and what the person can do about it.

- `empty`: no bytes came. Choose the photo again and send it.
- `too_many_bytes`: the file is larger than `Limits.bytes`. Send it in a smaller size (many phones offer one).
- `not_an_image`: the content is no picture (a document, a web page, an archive). Choose a photo.
- `unsupported_type`: a picture or film of a kind that is not taken (GIF, BMP, TIFF, AVIF, SVG, video). Send
  it as JPEG, PNG, WebP or HEIC; a screenshot of it will do.
- `too_many_pixels`: more than `Limits.pixels` has for that kind of file. Take the photo at the camera's ordinary
  setting.
- `truncated`: the file ends too early, as after an interrupted copy or download. Choose the original photo
  again.
- `corrupt`: the file is damaged and cannot be shown. Take the photo again, or send a screenshot of it.
- `took_too_long`: reading it took more than `Limits.seconds`. Send a smaller photo or a screenshot of it.
- `too_much_memory`: reading it needed more than `Limits.memory`. Send a smaller photo or a screenshot of it.
- `malware`: the scan found a threat, or could not look inside (where the region file turns scanning on). Send
  another photo.
"""


@dataclass(frozen=True, kw_only=True)
class Pixels:
    """Most pixels (width times height) of each kind of file, read from the header before anything is decoded.

    All are above what phones make, and are what decoding can have within `Limits.memory` and `Limits.seconds`. Measured
    (processor time and the child's greatest memory) for pictures of 8192 x 6144 where no other size is given.
    """

    baseline_jpeg: int = 210_000_000
    """Scaled while it is read: 1.5 s and 140 MiB at 16384 x 12288 (a sensor of 200 MP)."""
    progressive_jpeg: int = 128_000_000
    """All coefficients are kept until the last scan: 3.5 s and 705 MiB at 12032 x 9024 (108 MP) without subsampling."""
    png: int = 80_000_000
    """1.2 s and 450 MiB with transparency."""
    webp: int = 52_000_000
    """3 s and 870 MiB."""
    heic: int = 80_000_000
    """2 s and 470 MiB without subsampling."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Bounds of one cleaning. Only the first (or primary) frame is ever decoded, however many a file has."""

    bytes: int = 25 * 2**20
    """Largest file, in bytes."""
    pixels: Pixels = Pixels()
    seconds: float = 10.0
    """Longest time by the clock for decoding and encoding, after which the work is killed."""
    memory: int = 1_000 * 2**20
    """Address space, in bytes, that decoding and encoding may take on top of the process it starts from."""
    long_side: int = 2048
    """Longest side of the clean photo, in pixels. Smaller photos are not enlarged."""
    thumbnail_side: int = 320
    """Longest side of the thumbnail, in pixels."""
    quality: int = 82
    """JPEG quality of the clean photo (libjpeg's scale, 1 to 95)."""
    thumbnail_quality: int = 75
    """JPEG quality of the thumbnail."""


DEFAULT_LIMITS = Limits()


class PhotoRefused(Exception):
    """The photo cannot be taken. `reason` is one of `REASONS`; `detail` is for the log: nothing from the
    file."""

    def __init__(self, reason: str, detail: str = "") -> None:
        if reason not in REASONS:
            raise ValueError(f"unknown reason {reason!r}")
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail
