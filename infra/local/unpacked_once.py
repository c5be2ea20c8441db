"""Archives whose folders are unpacked once on a machine, and linked wherever they are asked for again.

A new Lambda worker of the emulator unpacks its function's whole asset: thousands of files, for which it takes longer than
for all else until it answers. All assets share their packages.
"""

import hashlib
import os
import shutil
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final
from zipfile import ZipFile, ZipInfo

from infra.packaging.archive import unpack

STORE: Final = Path(__file__).resolve().parents[2] / ".build" / "linked"
_FORGOTTEN_AFTER_S: Final = 7 * 24 * 3600


class UnpackedOnce(ZipFile):
    """A zip file whose `extractall` into an empty folder makes a link there for each folder at its top. One with machine
    code in it is unpacked: what it is linked with is looked for beside it.
    """

    def extractall(
        self, path: Any = None, members: Iterable[str | ZipInfo] | None = None, pwd: bytes | None = None
    ) -> None:
        if path is None or members is not None or pwd is not None:
            super().extractall(path, members, pwd)
            return
        folders: dict[str, list[ZipInfo]] = {}
        for entry in self.infolist():
            top, _, below = entry.filename.partition("/")
            if below:
                folders.setdefault(top, []).append(entry)
            elif not entry.is_dir():
                self.extract(entry, path)
        for top, entries in folders.items():
            if any(".so" in Path(each.filename).suffixes for each in entries):
                super().extractall(path, entries)
            else:
                Path(path, top).symlink_to(self._kept(entries) / top, target_is_directory=True)

    def _kept(self, entries: Sequence[ZipInfo]) -> Path:
        """The folder that holds these, unpacked now if nobody did before."""
        known = repr([(each.filename, each.CRC, each.file_size) for each in entries])
        kept = STORE / hashlib.sha256(known.encode()).hexdigest()
        if not kept.exists():
            unpack(self, kept, entries)
        os.utime(kept)
        return kept


def forget_unused() -> None:
    """What no worker was started from for a week."""
    for kept in STORE.glob("*"):
        if time.time() - kept.stat().st_mtime > _FORGOTTEN_AFTER_S:
            shutil.rmtree(kept, ignore_errors=True)
