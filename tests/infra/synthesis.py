"""Stacks of a test's own region files."""

from pathlib import Path
from zipfile import ZipFile

import pytest

from infra.packaging.bundle import bundle
from tests.infra.template import Assembly


def without_code(regions: Path, folder: Path, *, but_of: str = "") -> Assembly:
    """The cloud stage of a folder of region files, made in `folder`; functions without their code, which takes ten times as
    long, `but_of` one.
    """
    from infra.app import build

    empty = folder / "empty.zip"
    with ZipFile(empty, "w") as archive:
        archive.writestr("nothing.txt", "")
    made = folder / "assembly"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "infra.stacks.function.bundle",
            lambda *, name, **of: bundle(name=name, **of) if name == but_of else empty,
        )
        build(stage="cloud", outdir=str(made), regions=regions).synth()
    return Assembly(made)
