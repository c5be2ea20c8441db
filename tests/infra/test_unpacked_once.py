"""What the emulator's workers find of an asset, without its being unpacked for each."""

import zlib
from collections.abc import Mapping
from pathlib import Path
from zipfile import BadZipFile

import pytest

from infra.local import unpacked_once
from infra.local.unpacked_once import UnpackedOnce, forget_unused
from infra.packaging.archive import add_file, new_archive

FILES = {
    "package/__init__.py": b"",
    "package/data/zones": b"Almaty",
    "other/module.py": b"x = 1\n",
    "region.json": b"{}",
}


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(unpacked_once, "STORE", tmp_path / "store")
    return tmp_path / "store"


def packed_in(archive: Path, files: Mapping[str, bytes]) -> Path:
    with new_archive(archive) as packed:
        for path, content in files.items():
            add_file(packed, path, content)
    return archive


def unpacked(folder: Path, files: Mapping[str, bytes]) -> Path:
    archive = packed_in(folder.with_suffix(".zip"), files)
    folder.mkdir()
    with UnpackedOnce(archive) as packed:
        packed.extractall(folder)
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str((at / name).relative_to(folder)): (at / name).read_bytes()
        for at, _, names in folder.walk(follow_symlinks=True)
        for name in names
    }


def test_it_holds_what_was_packed(tmp_path: Path) -> None:
    assert contents(unpacked(tmp_path / "one", FILES)) == FILES
    assert contents(unpacked(tmp_path / "again", FILES)) == FILES


def test_a_folder_is_one_for_all_that_hold_the_same_and_another_where_a_byte_differs(tmp_path: Path) -> None:
    one = unpacked(tmp_path / "one", FILES)
    changed = FILES | {"other/module.py": b"x = 2\n", "region.json": b"[]"}
    other = unpacked(tmp_path / "other", changed)
    assert contents(other) == changed
    assert contents(one) == FILES
    assert (one / "package").resolve() == (other / "package").resolve()
    assert (one / "other").resolve() != (other / "other").resolve()


def test_machine_code_lies_beside_what_it_is_linked_with(tmp_path: Path) -> None:
    files = FILES | {"image/core.cpython-313.so": b"\x7fELF", "image.libs/libtiff.so.6": b"\x7fELF"}
    one = unpacked(tmp_path / "one", files)
    assert contents(one) == files
    assert (one / "image/core.cpython-313.so").resolve().parents[1] == one.resolve()
    assert (one / "image.libs/libtiff.so.6").resolve().parents[1] == one.resolve()
    assert (one / "package").is_symlink()


def test_what_could_not_be_unpacked_whole_is_not_kept(tmp_path: Path, store: Path) -> None:
    archive = packed_in(tmp_path / "broken.zip", FILES)
    with UnpackedOnce(archive) as packed:
        zones = packed.getinfo("package/data/zones")
        first = zones.header_offset + len(zones.FileHeader())
    content = bytearray(archive.read_bytes())
    content[first + 2] ^= 0xFF
    archive.write_bytes(content)
    with UnpackedOnce(archive) as packed, pytest.raises((BadZipFile, zlib.error)):
        packed.extractall(tmp_path / "broken")
    assert list(store.iterdir()) == []
    assert contents(unpacked(tmp_path / "again", FILES)) == FILES


def test_what_no_worker_was_started_from_for_a_week_is_forgotten(
    tmp_path: Path, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unpacked(tmp_path / "one", FILES)
    forget_unused()
    assert len(list(store.iterdir())) == 2
    monkeypatch.setattr(unpacked_once, "_FORGOTTEN_AFTER_S", -1)
    forget_unused()
    assert list(store.iterdir()) == []
