"""What the public pages ask for beside themselves is there, small, and drawn as the drawing says."""

import io

import pytest
from PIL import Image, ImageChops

from functions.complaints.public_state import Tone
from functions.notify.publisher.beside import beside_pages, looks_of_pages
from functions.notify.publisher.fixed import fixed_files
from infra.local.cards import HEIGHT, WIDTH, card
from tests.core.public_lives import LIVES, Lives
from tests.functions.test_public_page import BASE, HERE, REGION, shown

FILES = beside_pages()


def test_every_page_finds_what_it_asks_for() -> None:
    asked = set()
    for life in (*LIVES, Lives.new):
        read = shown(life(HERE))
        asked |= {
            (each.get("href") or "").removeprefix("../")
            for each in read.all("link")
            if each["rel"] == "stylesheet"
        }
        asked |= {(each["src"] or "").removeprefix("../") for each in read.all("script") if each.get("src")}
        asked.add(read.named("og:image").partition("//")[2].partition("/")[2])
    assert asked == set(FILES)
    assert looks_of_pages().startswith(b"<!doctype html>")


def test_they_say_what_they_are_and_weigh_little() -> None:
    types = {key.rpartition(".")[2]: file.content_type for key, file in FILES.items()}
    assert types == {
        "css": "text/css; charset=utf-8",
        "js": "text/javascript; charset=utf-8",
        "png": "image/png",
    }
    assert max(len(file.body) for file in FILES.values()) < 20_000


def test_they_are_published_with_what_a_deployment_changes() -> None:
    published = fixed_files(REGION, base_url=BASE)
    assert {key: published[key].body for key in FILES} == {key: file.body for key, file in FILES.items()}
    types = {key: file.kind.content_type for key, file in published.items() if key not in FILES}
    assert types == {
        "open/region.json": "application/json",
        "open/schema.json": "application/schema+json",
    }


@pytest.mark.parametrize("tone", Tone)
def test_the_pictures_are_what_is_drawn(tone: Tone) -> None:
    kept = Image.open(io.BytesIO(FILES[f"open/state-{tone}.png"].body)).convert("RGB")
    assert kept.size == (WIDTH, HEIGHT)
    # To a shade: another version of the library may smooth an edge a little otherwise.
    differences = (
        ImageChops.difference(kept, card(tone).convert("RGB")).convert("L").point(lambda x: x > 64 and 255)
    )
    assert differences.getbbox() is None
