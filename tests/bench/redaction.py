"""What the detectors hide of the labelled scenes and beside them, and what looking at the largest photo takes."""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from io import BytesIO
from time import process_time
from typing import Final

from PIL import Image

from functions.intake.redaction.areas import Area
from functions.intake.redaction.detection import Detector, load
from infra.packaging.weights import unpacked_weights
from infra.toolchain import ROOT
from tests.bench.report import Row, Table
from tests.functions.labelled_scenes import SIZE, Marked, crowded, empty, parked

HIDDEN: Final = 0.95
"""So much of a plate's characters, or of a face, must be covered for it to count as hidden."""
MISSED_MOST: Final = 0.05
MEMORY: Final = 1769
"""What the function has, in MB."""
MEMORY_MOST: Final = 0.6
SECONDS_MOST: Final = 30.0
_LARGEST: Final = (2048, 2048)
_FALSE_MOST: Final = 4.0
"""False areas in a photo, on the average: those that hide a sign, a window or a face's spectacles."""


@dataclass(kw_only=True)
class Found:
    """Over some scenes; `beside` are areas that cover nothing which had to be hidden."""

    plates: list[float] = field(default_factory=list)
    faces: list[float] = field(default_factory=list)
    beside: int = 0
    covered: float = 0.0
    scenes: int = 0
    seconds: float = 0.0


def measure(*, scenes: int) -> Sequence[Table]:
    return [_recall(looked_through(scenes, detector=load(unpacked_weights()))), _cost()]


def looked_through(scenes: int, *, detector: Detector) -> Found:
    """`scenes` of each kind."""
    found = Found()
    for draw in (parked, crowded, empty):
        for number in range(1000, 1000 + scenes):
            scene = draw(number)
            began = process_time()
            areas = detector(scene.picture)
            found.seconds += process_time() - began
            found.plates += [each.hidden(areas) for each in scene.plates]
            found.faces += [each.hidden(areas) for each in scene.faces]
            beside = [each for each in areas if _covers_none(each, (*scene.plates, *scene.faces))]
            found.beside += len(beside)
            found.covered += Marked(corners=_WHOLE, height=SIZE[1]).hidden(beside)
            found.scenes += 1
    return found


_WHOLE: Final = ((0, 0), (SIZE[0], 0), (SIZE[0], SIZE[1]), (0, SIZE[1]))


def _covers_none(area: Area, marks: Sequence[Marked]) -> bool:
    return all(mark.hidden([area]) == 0 for mark in marks)


def _recall(found: Found) -> Table:
    rows = []
    for name, shares in (("plates of 24 to 200 px", found.plates), ("faces of 20 to 400 px", found.faces)):
        missed = sum(share < HIDDEN for share in shares) / len(shares)
        rows.append(
            Row(
                name=f"{name}: missed",
                cells=[f"{missed:.1%} of {len(shares)}"],
                value=missed,
                target=MISSED_MOST,
            )
        )
    beside, covered = found.beside / found.scenes, found.covered / found.scenes
    rows += [
        Row(
            name="areas that hide neither, to a photo",
            cells=[f"{beside:.1f}"],
            value=beside,
            target=_FALSE_MOST,
        ),
        Row(name="what they cover of it", cells=[f"{covered:.1%}"], value=covered),
    ]
    return Table(
        title="What is hidden of faces and number plates",
        against="scenes of our own, drawn and labelled (tests/functions/labelled_scenes.py), 1,600 px wide",
        columns=("found",),
        rows=rows,
        notes=(
            f"{found.scenes} scenes. Hidden is what is covered to {HIDDEN:.0%}: a plate's characters, a face from brow to "
            "chin. The faces are of two people only (tests/functions/faces), varied in size, turn, light and colour: "
            "how many of other people's are missed, this does not say.",
        ),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Cost:
    """Of one photo, in a process of its own: seconds by the processor, and the most memory of it and its child, in MB."""

    seconds: float
    memory: float


def cost_of(photo: bytes) -> Cost:
    program = (
        "import json, resource, sys; from pathlib import Path; "
        "from functions.intake.redaction.copying import copied; "
        "from functions.intake.redaction.detection import load; "
        "copied(sys.stdin.buffer.read(), boxes=None, detect=load(Path(sys.argv[1])), seconds=300); "
        "its = resource.getrusage(resource.RUSAGE_CHILDREN); "
        # What getrusage says of this process is of the one before it too, which started it.
        "mine = int(Path('/proc/self/status').read_text().partition('VmHWM:')[2].split()[0]); "
        "print(json.dumps([its.ru_utime + its.ru_stime, mine + its.ru_maxrss]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(unpacked_weights())],
        input=photo,
        capture_output=True,
        check=True,
        cwd=ROOT,
    )
    seconds, kilobytes = json.loads(done.stdout)
    return Cost(seconds=seconds, memory=kilobytes / 1024)


def largest() -> bytes:
    """A photo as large as a clean one may be."""
    file = BytesIO()
    parked(1000).picture.resize(_LARGEST, Image.Resampling.BICUBIC).save(file, "JPEG", quality=82)
    return file.getvalue()


def _cost() -> Table:
    cost = cost_of(largest())
    share = cost.memory / MEMORY
    return Table(
        title="What it takes to look at the largest photo",
        against="nothing; a core of this machine, and what the function is given",
        columns=("takes",),
        rows=[
            Row(
                name="processor time, s",
                cells=[f"{cost.seconds:.1f} s"],
                value=cost.seconds,
                target=SECONDS_MOST,
            ),
            Row(
                name="memory, of what the function has",
                cells=[f"{cost.memory:.0f} MB, {share:.0%}"],
                value=share,
                target=MEMORY_MOST,
            ),
        ],
        notes=(
            "2,048 px square. Of memory, what process and child share is counted twice: it takes no more.",
        ),
    )
