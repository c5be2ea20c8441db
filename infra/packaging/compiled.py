"""Archives of files with their bytecode: the same files are compiled and packed once, wherever they are needed."""

import hashlib
import json
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType

from infra.packaging import archive, bytecode
from infra.packaging.archive import add_folder, new_archive
from infra.packaging.bytecode import RUNTIME, compile_folder


def compiled(files: Mapping[str, bytes], *, kept: Path) -> Path:
    """The archive of them in the folder `kept`, by their paths from the archive's root. Raises NotCompiled."""
    made = kept / f"{digest(files, recipe=(archive, bytecode))}.zip"
    if not made.exists():
        with new_archive(made) as packed, tempfile.TemporaryDirectory() as folder:
            for path, content in files.items():
                file = Path(folder) / path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_bytes(content)
            compile_folder(Path(folder))
            add_folder(packed, Path(folder))
    return made


def digest(contents: Mapping[str, bytes], *, recipe: Sequence[ModuleType], inputs: Sequence[str] = ()) -> str:
    """Of the contents by their paths, of what else goes in, and of the modules that make something of them."""
    makers = [Path(str(module.__file__)).read_text() for module in recipe]
    makers.append(Path(__file__).read_text())
    whole = hashlib.sha256(json.dumps([makers, RUNTIME, inputs, sorted(contents)]).encode())
    for path in sorted(contents):
        whole.update(hashlib.sha256(contents[path]).digest())
    return whole.hexdigest()
