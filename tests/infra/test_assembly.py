"""The kept assemblies of the local stage: what a failing synth says, and which of them are kept."""

import os
import sys
from pathlib import Path

import pytest

from infra.local import assembly, demo
from infra.local.assembly import SynthFailed


@pytest.fixture
def broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A `cdk` that prints why and fails, and nothing that was made before."""
    program = "import sys; print('synthesising'); sys.exit('region file, line 12: no such body')"
    monkeypatch.setattr(assembly, "cdk", lambda *_: [sys.executable, "-c", program])
    monkeypatch.setattr(assembly, "KEPT", tmp_path)


@pytest.mark.usefixtures("broken")
def test_a_failing_synth_says_what_cdk_printed() -> None:
    with pytest.raises(SynthFailed, match="synthesising\nregion file, line 12: no such body"):
        assembly.assembly()


@pytest.mark.usefixtures("broken")
def test_the_demo_ends_with_it_and_no_traceback(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo.emulator, "find", lambda: None)
    # The demo answers SIGTERM in a way of its own; this process is to go on as it did.
    monkeypatch.setattr(demo.signal, "signal", lambda *_: None)
    assert demo.main([]) == 1
    assert "FAILED: cdk synth failed:\nsynthesising\nregion file, line 12" in capsys.readouterr().err


def test_the_last_three_of_a_stage_are_kept(tmp_path: Path) -> None:
    for day, name in enumerate(("local-a", "local-b", "local-c", "others-a", "local-d")):
        (tmp_path / name / "asset").mkdir(parents=True)
        os.utime(tmp_path / name, (day, day))
    os.utime(tmp_path / "local-a", (9, 9))
    assembly.forget_unused(tmp_path, stage="local")
    assert {folder.name for folder in tmp_path.iterdir()} == {"local-a", "local-c", "local-d", "others-a"}
