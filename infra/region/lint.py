"""Everything that can be wrong with region files, found at once."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final

from infra.region.clashes import clashes
from infra.region.document import REGIONS, Document, document_of, read_document, region_files
from infra.region.finding import Finding, RegionFault
from infra.region.form import form_findings
from infra.region.rules import (
    bodies,
    canary,
    categories,
    left_open,
    operation,
    places,
    retirement,
    terms,
    working_time,
)

type Rule = Callable[[Document], Iterator[Finding]]

RULES: Final[tuple[Rule, ...]] = (
    *bodies.RULES,
    *retirement.RULES,
    *categories.RULES,
    *terms.RULES,
    *working_time.RULES,
    *operation.RULES,
    *canary.RULES,
    *left_open.RULES,
    *places.RULES,
)


def lint_document(document: Document) -> list[Finding]:
    """The findings of one file, sorted by place."""
    found = {*document.findings, *form_findings(document.region)}
    if document.own is not document.region:
        found.update(form_findings(document.own, partial=True))
    for rule in RULES:
        found.update(rule(document))
    return sorted(found)


def sound_document(region_id: str, folder: Path = REGIONS) -> Document:
    """The region's document; raises RegionFault with every finding, also of a clash with another region."""
    document = document_of(region_id, folder)
    if findings := lint_regions(folder, [region_id]):
        raise RegionFault(*findings)
    return document


def lint_regions(folder: Path = REGIONS, only: Iterable[str] | None = None) -> list[Finding]:
    """The findings of all files in the folder, or of those named, sorted by place.

    Names that must differ between regions are compared with all of them in any case.
    """
    documents: list[Document] = []
    found: set[Finding] = set()
    wanted = None if only is None else set(only)
    for file in region_files(folder):
        try:
            documents.append(read_document(file))
        except RegionFault as fault:
            if wanted is None or file.stem in wanted:
                found.update(fault.findings)
    for document in documents:
        if wanted is None or document.file.stem in wanted:
            found.update(lint_document(document))
    found.update(finding for finding in clashes(documents) if wanted is None or finding.file.stem in wanted)
    return sorted(found)
