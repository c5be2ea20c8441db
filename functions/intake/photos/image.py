"""Makes a clean photo of an uploaded file: its pixels, upright, on a fresh canvas, and nothing else of it.

The file is judged by its content, decoded in a bounded child process by the one decoder of its kind, and
encoded anew. The same file gives the same bytes each time, so that a repeated run overwrites its own result.
"""

import json
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, tzinfo
from io import BytesIO

from PIL import Image, ImageFile, JpegImagePlugin, PngImagePlugin, WebPImagePlugin

# Imported here only so that each child need not: Pillow reads EXIF with it.
from PIL import TiffImagePlugin as TiffImagePlugin

from functions.complaints.perceptual_hash import PerceptualHash, Views
from functions.intake.photos.boxes import turned_by_container
from functions.intake.photos.child import Crashed, Failed, TookTooLong, TookTooMuchMemory, in_child
from functions.intake.photos.differences import photo_hash, views_of
from functions.intake.photos.ending import continued, ends_early
from functions.intake.photos.exif import EXIF_IFD, GPS_IFD, ORIENTATION, Suggestion, suggest
from functions.intake.photos.limits import DEFAULT_LIMITS, Limits, PhotoRefused, Pixels
from functions.intake.photos.sniff import HEIC, JPEG, OTHER, PNG, WEBP, sniff, webp_canvas

# Saving loads Pillow's basic plugins; done here, once, and not again in every child.
Image.preinit()

OUTPUT_TYPE = "image/jpeg"
"""Everything comes out as JPEG: photos need no transparency, and every agency's system can show it."""

_MOST_OUTPUT = 64 * 2**20
_MOST_EXIF = 2**20
_WHITE = (255, 255, 255)

_PROFILES = (b"ICC_PROFILE", b"iCCP", b"ICCP", b"prof", b"rICC")
"""How JPEG, PNG, WebP and HEIC mark a colour profile. Should it come without, the child loads what it needs by itself."""

# EXIF orientation: the operation that sets the picture upright (Exif 3.0, section 4.6.4).
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


@dataclass(frozen=True, kw_only=True)
class CleanPhoto:
    """`content` and `thumbnail` are whole files of the types beside them; `width` and `height` (pixels) are
    the content's. `photo_hash` None: it is too plain to be told from others; `views` None: they were not asked for."""

    content: bytes
    content_type: str
    width: int
    height: int
    thumbnail: bytes
    thumbnail_type: str
    suggestion: Suggestion | None
    photo_hash: PerceptualHash | None
    views: Views | None


class CleanerFailed(RuntimeError):
    """The cleaner itself failed, not the photo: try again, and have a person look if it goes on."""


def clean(
    data: bytes,
    *,
    limits: Limits = DEFAULT_LIMITS,
    compared: bool = False,
    zone: tzinfo | None = None,
    now: datetime | None = None,
) -> CleanPhoto:
    """The clean photo of an uploaded file, which counts as what its content is, whatever it was declared to be.

    `compared`: with the views by which it is told whether it is a copy of another. `zone` is the region's, for times
    without an offset; a time after `now` is not suggested. Raises
    PhotoRefused with one of `limits.REASONS`, or CleanerFailed.
    """
    kind = _judge(data, limits=limits)
    _prepare(data, kind=kind)
    try:
        answer = in_child(
            lambda: _answer(data, kind=kind, limits=limits, compared=compared, zone=zone, now=now),
            seconds=limits.seconds,
            memory=limits.memory,
            output=_MOST_OUTPUT,
        )
    except TookTooLong as error:
        raise PhotoRefused("took_too_long", str(error)) from error
    except TookTooMuchMemory as error:
        raise PhotoRefused("too_much_memory", str(error)) from error
    except Crashed as error:
        raise PhotoRefused("corrupt", f"the decoder crashed: {error}") from error
    except Failed as error:
        raise CleanerFailed(str(error)) from error
    return _read_answer(answer)


def _judge(data: bytes, *, limits: Limits) -> str:
    if not data:
        raise PhotoRefused("empty")
    if len(data) > limits.bytes:
        raise PhotoRefused("too_many_bytes", f"{len(data)} of {limits.bytes} bytes")
    kind = sniff(data)
    if kind is None:
        raise PhotoRefused("not_an_image")
    if kind == OTHER:
        raise PhotoRefused("unsupported_type")
    return kind


def _prepare(data: bytes, *, kind: str) -> None:
    """Loads before the fork what the child will need, once a process and only if such a photo comes."""
    if any(marker in data for marker in _PROFILES):
        from PIL import ImageCms as ImageCms
    if kind == HEIC:
        _load_heic()


def _load_heic() -> None:
    import pillow_heif

    # One thread keeps memory and output the same everywhere. An embedded thumbnail may show anything.
    pillow_heif.options.DECODE_THREADS = 1
    pillow_heif.options.THUMBNAILS = False
    pillow_heif.options.DEPTH_IMAGES = False
    pillow_heif.options.AUX_IMAGES = False


# --- In the child
# ---------------------------------------------------------------------------------------------


def _answer(
    data: bytes, *, kind: str, limits: Limits, compared: bool, zone: tzinfo | None, now: datetime | None
) -> bytes:
    try:
        photo = _clean(data, kind=kind, limits=limits, compared=compared, zone=zone, now=now)
    except PhotoRefused as refusal:
        return json.dumps({"refused": refusal.reason, "detail": refusal.detail}).encode() + b"\n"
    except MemoryError:
        raise
    except Exception as error:
        return json.dumps({"failed": type(error).__name__}).encode() + b"\n"
    suggestion = photo.suggestion
    head = {
        "width": photo.width,
        "height": photo.height,
        "content": len(photo.content),
        "suggestion": suggestion
        and {
            "lat": suggestion.lat,
            "lon": suggestion.lon,
            "error_m": suggestion.error_m,
            "taken_at": suggestion.taken_at and suggestion.taken_at.isoformat(),
        },
        "photo_hash": photo.photo_hash and photo.photo_hash.kept,
        "views": photo.views and {"wholes": photo.views.wholes, "cores": photo.views.cores},
    }
    return b"".join((json.dumps(head).encode(), b"\n", photo.content, photo.thumbnail))


def _read_answer(answer: bytes) -> CleanPhoto:
    first, _, rest = answer.partition(b"\n")
    head = json.loads(first)
    if "refused" in head:
        raise PhotoRefused(head["refused"], head["detail"])
    if "failed" in head:
        raise CleanerFailed(head["failed"])
    suggestion = head["suggestion"]
    if suggestion is not None:
        at = suggestion["taken_at"]
        suggestion = Suggestion(
            lat=suggestion["lat"],
            lon=suggestion["lon"],
            error_m=suggestion["error_m"],
            taken_at=at and datetime.fromisoformat(at),
        )
    kept, views = head["photo_hash"], head["views"]
    return CleanPhoto(
        content=rest[: head["content"]],
        content_type=OUTPUT_TYPE,
        width=head["width"],
        height=head["height"],
        thumbnail=rest[head["content"] :],
        thumbnail_type=OUTPUT_TYPE,
        suggestion=suggestion,
        photo_hash=kept and PerceptualHash.of(kept),
        views=views and Views(wholes=tuple(views["wholes"]), cores=tuple(views["cores"])),
    )


def _clean(
    data: bytes, *, kind: str, limits: Limits, compared: bool, zone: tzinfo | None, now: datetime | None
) -> CleanPhoto:
    image = _whole(data, kind=kind, limits=limits)
    main, exif, gps = _tags(image)
    orientation = _orientation(image, main, kind=kind, data=data)
    profile = image.info.get("icc_profile")
    small = _fit(_plain(image), limits.long_side)
    del image
    small = _srgb(_on_white(small), profile)
    photo = _fresh(_upright(small, orientation))
    thumbnail = _fit(photo, limits.thumbnail_side)
    return CleanPhoto(
        content=_encode(photo, limits.quality),
        content_type=OUTPUT_TYPE,
        width=photo.width,
        height=photo.height,
        thumbnail=_encode(_fresh(thumbnail), limits.thumbnail_quality),
        thumbnail_type=OUTPUT_TYPE,
        suggestion=suggest(exif=exif, gps=gps, zone=zone, now=now),
        photo_hash=photo_hash(photo),
        views=views_of(photo) if compared else None,
    )


def _whole(data: bytes, *, kind: str, limits: Limits) -> Image.Image:
    """The picture, of which nothing is missing."""
    if ends_early(kind, data):
        raise PhotoRefused("truncated")
    endings = continued(data) if kind == JPEG else None
    if endings is None:
        return _decode(data, kind=kind, limits=limits)
    shown, other = (_decode(each, kind=kind, limits=limits) for each in endings)
    if shown.tobytes() != other.tobytes():
        raise PhotoRefused("truncated", "coded data are missing")
    return shown


def _decode(data: bytes, *, kind: str, limits: Limits) -> Image.Image:
    """The first frame's pixels. Whatever a decoder raises about a file is the file's fault."""
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    warnings.simplefilter("ignore")
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    try:
        if kind == WEBP:
            # libwebp allocates its canvases on opening, so Pillow would tell the size too late.
            _check_pixels(webp_canvas(data) or (0, 0), limits.pixels.webp)
        image = _open(data, kind)
        most = Image.MAX_IMAGE_PIXELS = _most_pixels(image, kind, limits.pixels)
        _check_pixels(image.size, most)
        if kind == JPEG:
            # libjpeg scales while it decodes, by 2, 4 or 8: less time and a fraction of the memory.
            image.draft(None, _within(image.size, limits.long_side))
        image.load()
        _check_pixels(image.size, most)
    except (PhotoRefused, MemoryError):
        raise
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise PhotoRefused("too_many_pixels") from error
    except Exception as error:
        raise PhotoRefused("corrupt", type(error).__name__) from error
    return image


def _open(data: bytes, kind: str) -> ImageFile.ImageFile:
    """Calls the one decoder, not Pillow's registry of all: no other is tried, whatever the file claims
    inside."""
    file = BytesIO(data)
    if kind == JPEG:
        return JpegImagePlugin.JpegImageFile(file)
    if kind == PNG:
        return PngImagePlugin.PngImageFile(file)
    if kind == WEBP:
        return WebPImagePlugin.WebPImageFile(file)
    from pillow_heif import HeifImageFile

    return HeifImageFile(file)


def _most_pixels(image: Image.Image, kind: str, pixels: Pixels) -> int:
    if kind == JPEG:
        return pixels.progressive_jpeg if image.info.get("progressive") else pixels.baseline_jpeg
    return {PNG: pixels.png, WEBP: pixels.webp, HEIC: pixels.heic}[kind]


def _check_pixels(size: tuple[int, int], most: int) -> None:
    if size[0] * size[1] > most:
        raise PhotoRefused("too_many_pixels", f"{size[0]} x {size[1]}")


def _tags(image: Image.Image) -> tuple[dict[int, object], dict[int, object], dict[int, object]]:
    """The main, Exif and GPS directories. What is missing or broken is empty: none is worth losing a photo
    for."""
    raw = image.info.get("exif")
    if not isinstance(raw, bytes) or len(raw) > _MOST_EXIF:
        return {}, {}, {}
    tags = Image.Exif()
    try:
        tags.load(raw)
    except Exception:
        return {}, {}, {}
    return (
        _directory(lambda: dict(tags)),
        _directory(lambda: tags.get_ifd(EXIF_IFD)),
        _directory(lambda: tags.get_ifd(GPS_IFD)),
    )


def _orientation(image: Image.Image, main: dict[int, object], *, kind: str, data: bytes) -> object:
    """The turn that is left to be made. A HEIC's decoder makes the container's own, which then is the one that counts;
    some phones write theirs into Exif alone.
    """
    if kind != HEIC:
        return main.get(ORIENTATION)
    return None if turned_by_container(data) else image.info.get("original_orientation")


def _directory(read: Callable[[], dict[int, object]]) -> dict[int, object]:
    try:
        return read()
    except Exception:
        return {}


def _plain(image: Image.Image) -> Image.Image:
    """The picture as 8-bit L, RGB, CMYK or (where anything shines through) premultiplied RGBa."""
    if image.mode.startswith("I"):
        return image.point(lambda value: value / 256).convert("L")
    if image.mode == "RGBa":
        return image
    if image.has_transparency_data:
        # Premultiplied, so that colours nobody can see do not bleed into those one sees when it is made
        # smaller.
        return (image if image.mode == "RGBA" else image.convert("RGBA")).convert("RGBa")
    return image if image.mode in ("L", "RGB", "CMYK") else image.convert("RGB")


def _within(size: tuple[int, int], longest: int) -> tuple[int, int]:
    """The size with its longest side cut to `longest`, in proportion, no side below one pixel."""
    width, height = size
    if max(size) <= longest:
        return size
    scale = longest / max(size)
    return max(1, round(width * scale)), max(1, round(height * scale))


def _fit(image: Image.Image, longest: int) -> Image.Image:
    target = _within(image.size, longest)
    # Averages blocks first while it is more than twice too large: as good to the eye, and much cheaper.
    factor = tuple(max(1, now // (2 * then)) for now, then in zip(image.size, target, strict=True))
    if factor != (1, 1):
        image = image.reduce((factor[0], factor[1]))
    return image if image.size == target else image.resize(target, Image.Resampling.LANCZOS)


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode != "RGBa":
        return image
    seen = image.convert("RGBA")
    canvas = Image.new("RGB", seen.size, _WHITE)
    canvas.paste(seen, mask=seen.getchannel("A"))
    return canvas


def _srgb(image: Image.Image, profile: object) -> Image.Image:
    """The picture in sRGB, by its own profile if that is of use, by Pillow's plain conversion otherwise."""
    if isinstance(profile, bytes) and profile:
        from PIL import ImageCms

        try:
            return _convert(image, profile)
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            pass
    return image if image.mode == "RGB" else image.convert("RGB")


def _convert(image: Image.Image, profile: bytes) -> Image.Image:
    from PIL import ImageCms

    transform = ImageCms.buildTransform(
        ImageCms.ImageCmsProfile(BytesIO(profile)), ImageCms.createProfile("sRGB"), image.mode, "RGB"
    )
    converted = ImageCms.applyTransform(image, transform)
    if converted is None:
        raise ValueError("the transform gave no image")
    return converted


def _upright(image: Image.Image, orientation: object) -> Image.Image:
    turn = _UPRIGHT.get(orientation) if isinstance(orientation, int) else None
    return image if turn is None else image.transpose(turn)


def _fresh(image: Image.Image) -> Image.Image:
    """The pixels alone: a canvas that never saw the file carries none of its comments, profiles or tags."""
    canvas = Image.new("RGB", image.size, _WHITE)
    canvas.paste(image)
    return canvas


def _encode(image: Image.Image, quality: int) -> bytes:
    out = BytesIO()
    image.save(out, "JPEG", quality=quality, progressive=True)
    return out.getvalue()
