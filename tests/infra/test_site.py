"""The site as it is packed: small before its map, whole, and nothing in it that its policy would refuse."""

import re

import pytest

from functions.complaints.public_record import COLUMNS
from functions.notify.figures.tally import COUNTED
from infra.packaging import site as packaging
from infra.packaging.built import TooLarge, before_the_map, loaded
from infra.packaging.pages import pages
from infra.packaging.site import SIZE_MOST, site
from infra.toolchain import PAGES

TYPES = (PAGES / "site" / "data" / "types.ts").read_text()


def test_what_is_loaded_before_the_map_is_small() -> None:
    files = site()
    assert loaded(before_the_map(files)) <= SIZE_MOST
    assert loaded(files) > SIZE_MOST, "the map is not taken out by its name"


def test_a_site_that_outgrew_that_is_not_packed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packaging, "SIZE_MOST", 1_000)
    with pytest.raises(TooLarge, match="before the map"):
        site()


def test_the_page_asks_for_its_own_files_alone_and_has_nothing_inline() -> None:
    files = site()
    page = files["index.html"].decode()
    asked = set(re.findall(r'(?:src|href)="([^"]+)"', page)) - {"data:,", "/open/region.json"}
    assert asked <= {f"/site/{name}" for name in files}
    assert {path.rpartition(".")[2] for path in asked} == {"css", "js"}
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", page)


def test_files_are_named_by_their_content_and_made_the_same_each_time() -> None:
    files = site()
    assert files == site()
    names = [name for name in files if name not in ("index.html", "licences.txt")]
    assert all(re.fullmatch(r"[a-z-]+-[A-Z0-9]{8}\.(css|js)", name) for name in names)
    # Whatever one file names of the others is there.
    named = re.findall(rb'"\./([a-z-]+-[A-Z0-9]{8}\.(?:css|js))"', b"".join(files.values()))
    assert {name.decode() for name in named} <= set(files)
    assert len(named) >= 3


def test_the_function_that_hands_it_out_knows_every_kind_of_file() -> None:
    assert {f"desk/{name}" for name in site()} <= set(pages(site()))


def test_what_is_carried_says_under_which_licence() -> None:
    carried = site()["licences.txt"].decode()
    for licence in (
        "Permission is hereby granted, free of charge",
        "Redistribution and use in source and binary forms",
    ):
        assert licence in carried
    assert "Permission to use, copy, modify, and/or distribute this software" in carried


def test_what_it_reads_of_a_complaint_is_what_is_published() -> None:
    said = TYPES.partition("interface Complaint {")[2].partition("}")[0]
    read = re.findall(r"^  (\w+)\??:", said, flags=re.MULTILINE)
    assert len(read) > 10
    assert set(read) <= set(COLUMNS)


def test_it_shows_every_figure_that_is_counted() -> None:
    said = TYPES.partition("COUNTED = [")[2].partition("]")[0]
    assert set(re.findall(r'"(\w+)"', said)) == set(COUNTED)
