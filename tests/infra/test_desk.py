"""The desk as it is packed: small, whole, and nothing in it that its policy would refuse."""

import re

import pytest

from infra.packaging import desk as packaging
from infra.packaging.built import TooLarge, before_the_map, loaded
from infra.packaging.desk import SIZE_MOST, desk


def test_what_a_phone_loads_before_the_map_is_small() -> None:
    files = desk()
    assert loaded(before_the_map(files)) <= SIZE_MOST
    assert loaded(files) > SIZE_MOST, "the map is not taken out by its name"


def test_a_page_that_outgrew_that_is_not_packed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packaging, "SIZE_MOST", 1_000)
    with pytest.raises(TooLarge, match="before the map"):
        desk()


def test_the_page_asks_for_its_own_files_alone_and_has_nothing_inline() -> None:
    files = desk()
    page = files["index.html"].decode()
    assert set(re.findall(r'(?:src|href)="([^"]+)"', page)) - {"data:,"} == {
        name for name in before_the_map(files) if name.endswith((".js", ".css"))
    }
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", page)


def test_files_are_named_by_their_content_and_made_the_same_each_time() -> None:
    files = desk()
    assert files == desk()
    names = sorted(name for name in files if name not in ("index.html", "licences.txt"))
    assert all(re.fullmatch(r"(desk|map(-\w+)?)-[A-Z0-9]{8}\.(css|js)", name) for name in names)
    # Whatever the script names of the others is there: the map, its worker, its style.
    (script,) = (content for name, content in files.items() if re.fullmatch(r"desk-\w+\.js", name))
    named = re.findall(rb'"\./([a-z-]+-[A-Z0-9]{8}\.(?:css|js))"', script + b"".join(files.values()))
    assert {name.decode() for name in named} == {name for name in names if name.startswith("map-")}


def test_what_is_carried_says_under_which_licence() -> None:
    carried = desk()["licences.txt"].decode()
    assert carried.count("Permission is hereby granted, free of charge") >= 2
    assert "Redistribution and use in source and binary forms" in carried
    for name in ("preact ", "openapi-fetch ", "maplibre-gl ", "pmtiles ", "fflate ", "polylabel "):
        assert re.search(rf"^{name}[0-9.]+$", carried, flags=re.MULTILINE), name
