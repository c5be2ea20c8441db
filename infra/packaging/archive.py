"""Zip files that are the same bytes whenever they are made from the same files; made and unpacked whole or not at all."""

import os
import struct
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

# The first moment that a zip file can name.
_DATE = (1980, 1, 1, 0, 0, 0)
_LOCAL_HEADER = struct.Struct("<26x2H")


@contextmanager
def new_archive(path: Path) -> Iterator[ZipFile]:
    """An archive to write, which appears under its name only when the block has ended well."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".making-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file, ZipFile(file, "w") as archive:
            yield archive
        Path(name).chmod(0o644)
        Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)


def unpack(packed: ZipFile, folder: Path, members: Iterable[ZipInfo] | None = None) -> None:
    """Into a folder that appears under its name only when all of it is there. Another process may have been faster."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, ignore_cleanup_errors=True) as fresh:
        packed.extractall(fresh, members)
        Path(fresh).chmod(0o755)
        try:
            Path(fresh).rename(folder)
        except OSError:
            if not folder.exists():
                raise


def add_folder(archive: ZipFile, folder: Path) -> None:
    """Add every file below the folder, by its path from there."""
    for file in sorted(file for file in folder.rglob("*") if file.is_file()):
        add_file(archive, file.relative_to(folder).as_posix(), file.read_bytes())


def add_file(archive: ZipFile, path: str, content: bytes) -> None:
    entry = ZipInfo(path, _DATE)
    entry.external_attr = 0o100644 << 16
    archive.writestr(entry, content, ZIP_DEFLATED)


def copy_entries(source: Path, archive: ZipFile, *, wanted: Callable[[str], bool]) -> None:
    """Copy the wanted entries of another archive as they are, compressed: thousands of them in no time.

    Raises `FileExistsError` for an entry that is there already.
    """
    assert archive.fp
    with ZipFile(source) as packed, source.open("rb") as raw:
        for entry in packed.infolist():
            if not wanted(entry.filename):
                continue
            if entry.filename in archive.NameToInfo:
                raise FileExistsError(entry.filename)
            raw.seek(entry.header_offset)
            name_length, extra_length = _LOCAL_HEADER.unpack(raw.read(_LOCAL_HEADER.size))
            raw.seek(name_length + extra_length, os.SEEK_CUR)
            entry.header_offset = archive.fp.tell()
            archive.fp.write(entry.FileHeader(zip64=False))
            archive.fp.write(raw.read(entry.compress_size))
            archive.filelist.append(entry)
            archive.NameToInfo[entry.filename] = entry
            archive.start_dir = archive.fp.tell()
