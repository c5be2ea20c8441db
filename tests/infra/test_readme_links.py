"""What README and the pages point to is there."""

import re
from pathlib import Path

import pytest

from tests.infra.pages import PAGES, prose

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


@each_page
def test_every_relative_link_leads_to_a_file(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#\s]+)", page.read_text())
    assert [link for link in links if not (page.parent / link).exists()] == []


@each_page
def test_every_link_to_a_section_leads_to_its_heading(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#\s]*)#([^)\s]+)\)", page.read_text())
    assert [(file, at) for file, at in links if at not in anchors(page.parent / file if file else page)] == []


def test_a_heading_is_linked_to_as_github_does() -> None:
    assert anchors(PAGES[0]) >= {
        "what-it-costs-and-how-fast-it-is",
        "for-everybody-see-whether-the-state-answers",
    }


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.*)$", prose(page.read_text()), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
