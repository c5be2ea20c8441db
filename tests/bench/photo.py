"""Peak memory of cleaning the largest photo that is taken, in the photo function's asset."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from PIL import Image

from functions.intake.photos.limits import DEFAULT_LIMITS

# Reads a picture and cleans it; says what the process and its child had in memory at their peaks, in bytes.
_CLEAN: Final = """
import json, resource, sys
sys.path.insert(0, sys.argv[1])
from functions.intake.photos.image import clean
with open(sys.argv[2], "rb") as file:
    clean(file.read(), declared_type="image/png")
with open("/proc/self/status") as status:
    own = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
print(json.dumps((own + resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) * 1024))
"""


def cleaning_peak(folder: Path) -> int:
    """Bytes: the function's own peak and its child's together, though they share some pages.

    A PNG with transparency: four bytes a pixel to decode, and the most copies on the way to a JPEG.
    """
    side = int(DEFAULT_LIMITS.pixels**0.5)
    with tempfile.NamedTemporaryFile(suffix=".png") as file:
        Image.new("RGBA", (side, side), (90, 120, 150, 200)).save(file, "PNG", compress_level=1)
        file.flush()
        done = subprocess.run(
            [sys.executable, "-I", "-S", "-B", "-c", _CLEAN, str(folder), file.name],
            capture_output=True,
            text=True,
            check=True,
        )
    return int(json.loads(done.stdout))
