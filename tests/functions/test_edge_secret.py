"""The secret between CloudFront and the API is changed while both values are accepted: at no moment is anybody shut out."""

import json
from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws

from functions.edge.origin import HEADER, came_through
from infra.ops.__main__ import parser
from infra.ops.place import NotThere, Place
from tests.dynamodb import REGION

FIRST = "a" * 40


@pytest.fixture
def place() -> Iterator[Place]:
    with mock_aws():
        yield Place(stack="qamqor-town", aws_region=REGION, settings={}, compiled=b"")


def make(place: Place) -> None:
    first = json.dumps({"shown": FIRST, "before": "none"})
    place.client("secretsmanager").create_secret(Name="qamqor-town/edge", SecretString=first)


def run(place: Place, *words: str) -> int:
    options = parser().parse_args(["--region", "local", "edge-secret", *words])
    return int(options.run(place, options))


def value() -> dict[str, str]:
    secrets = boto3.client("secretsmanager", region_name=REGION)
    return json.loads(secrets.get_secret_value(SecretId="qamqor-town/edge")["SecretString"])  # type: ignore[no-any-return]


def let_in(shown: dict[str, str], known: dict[str, str]) -> bool:
    """Whether functions that have read `known` let in what CloudFront shows that has read `shown`."""
    return came_through({HEADER: shown["shown"]}, secret=known["shown"], before=known["before"])


def test_at_no_step_is_anybody_shut_out(place: Place) -> None:
    """A deployment changes the functions first, each for itself, and then CloudFront, which takes minutes."""
    make(place)
    edge = [value()]
    for words in (("rotate", "--apply"), ("forget", "--apply"), ("rotate", "--apply"), ("forget", "--apply")):
        before = edge[-1]
        assert run(place, *words) == 0
        after = value()
        # Functions have the new version or the old one while CloudFront shows the old value; then it shows both.
        assert let_in(before, before)
        assert let_in(before, after)
        assert let_in(after, after)
        edge.append(after)
    shown = [each["shown"] for each in edge]
    assert len(set(shown)) == 3
    assert edge[-1]["before"] == "none"
    assert not let_in(edge[0], edge[-1])


def test_a_second_new_value_would_shut_out_who_still_shows_the_first(
    place: Place, capsys: pytest.CaptureFixture[str]
) -> None:
    make(place)
    assert run(place, "rotate", "--apply") == 0
    once = value()
    assert run(place, "rotate", "--apply") == 1
    assert value() == once
    assert "forget" in capsys.readouterr().out


@pytest.mark.parametrize("words", ["rotate", "forget"])
def test_without_apply_nothing_changes(place: Place, words: str) -> None:
    make(place)
    assert run(place, words) == 0
    assert value() == {"shown": FIRST, "before": "none"}


def test_no_value_is_printed(place: Place, capsys: pytest.CaptureFixture[str]) -> None:
    make(place)
    run(place, "rotate", "--apply")
    told = capsys.readouterr().out
    assert value()["shown"] not in told
    assert FIRST not in told


def test_a_region_without_a_domain_has_none(place: Place) -> None:
    with pytest.raises(NotThere):
        run(place, "rotate")
