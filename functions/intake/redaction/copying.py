"""Makes a photo's public copy, in a child process that can be killed: no answer in time is no copy."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from io import BytesIO
from typing import Final

from PIL import Image

from functions.complaints.redaction import Box, bounded
from functions.intake.photos.child import in_child
from functions.intake.photos.limits import DEFAULT_LIMITS
from functions.intake.redaction.areas import Area
from functions.intake.redaction.filling import hidden

type Detect = Callable[[Image.Image], list[Area]]
"""What is to be hidden in an RGB picture."""

SECONDS: Final = 60.0
MEMORY: Final = 1_100 * 2**20
"""Address space for looking at one photo, in bytes, on top of the process's own."""
_MOST_OUTPUT: Final = 64 * 2**20

# The child should find them loaded.
Image.preinit()


@dataclass(frozen=True, kw_only=True, slots=True)
class PublicCopy:
    """Two whole JPEG files, in which `boxes` are hidden."""

    boxes: tuple[Box, ...]
    content: bytes
    thumbnail: bytes


def copied(
    photo: bytes,
    *,
    boxes: Sequence[Box] | None,
    detect: Detect,
    seconds: float = SECONDS,
    memory: int = MEMORY,
) -> PublicCopy:
    """The copy of a clean photo: with these boxes, or (None) with those of what is found in it.

    The same photo and boxes give the same bytes. Raises what `child.in_child` does.
    """
    answer = in_child(
        lambda: _answer(photo, boxes=boxes, detect=detect),
        seconds=seconds,
        memory=memory,
        output=_MOST_OUTPUT,
    )
    head, _, files = answer.partition(b"\n")
    said = json.loads(head)
    return PublicCopy(
        boxes=tuple(Box(**each) for each in said["boxes"]),
        content=files[: said["content"]],
        thumbnail=files[said["content"] :],
    )


def found(picture: Image.Image, detect: Detect) -> tuple[Box, ...]:
    """What is to be hidden in an RGB picture, as it is kept."""
    return bounded(_box(area, picture) for area in detect(picture))


def _answer(photo: bytes, *, boxes: Sequence[Box] | None, detect: Detect) -> bytes:
    with Image.open(BytesIO(photo), formats=("JPEG",)) as opened:
        picture = opened.convert("RGB")
    kept = found(picture, detect) if boxes is None else tuple(boxes)
    copy = hidden(picture, (_area(box, picture) for box in kept))
    content = _encoded(copy, quality=DEFAULT_LIMITS.quality)
    side = DEFAULT_LIMITS.thumbnail_side
    copy.thumbnail((side, side), Image.Resampling.LANCZOS)
    thumbnail = _encoded(copy, quality=DEFAULT_LIMITS.thumbnail_quality)
    head = {"boxes": [asdict(each) for each in kept], "content": len(content)}
    return json.dumps(head).encode() + b"\n" + content + thumbnail


def _box(area: Area, picture: Image.Image) -> Box:
    left, top = max(0.0, area.left) / picture.width, max(0.0, area.top) / picture.height
    right, bottom = (
        min(picture.width, area.right) / picture.width,
        min(picture.height, area.bottom) / picture.height,
    )
    return Box(x=left, y=top, w=right - left, h=bottom - top)


def _area(box: Box, picture: Image.Image) -> Area:
    return Area(
        box.x * picture.width,
        box.y * picture.height,
        (box.x + box.w) * picture.width,
        (box.y + box.h) * picture.height,
    )


def _encoded(picture: Image.Image, *, quality: int) -> bytes:
    out = BytesIO()
    picture.save(out, "JPEG", quality=quality, progressive=True)
    return out.getvalue()
