"""Stacks of a test's own region files."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from zipfile import ZipFile

import pytest

from infra.packaging.bundle import bundle
from tests.infra.template import Assembly


def without_code(regions: Path, folder: Path, *, but_of: str = "") -> Assembly:
    """The cloud stage of a folder of region files, made in `folder`; functions without their code, `but_of` one."""
    from infra.app import build

    made = folder / "assembly"
    with code_left_out(folder, but_of=but_of):
        build(stage="cloud", outdir=str(made), regions=regions).synth()
    return Assembly(made)


@contextmanager
def code_left_out(folder: Path, *, but_of: str = "") -> Iterator[None]:
    """Whatever is synthesised has functions without their code, which takes ten times as long, `but_of` one."""
    empty = folder / "empty.zip"
    with ZipFile(empty, "w") as archive:
        archive.writestr("nothing.txt", "")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "infra.stacks.function.bundle",
            lambda *, name, **of: bundle(name=name, **of) if name == but_of else empty,
        )
        yield
