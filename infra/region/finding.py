"""What the linter says: where, which rule, what is wrong and what to do."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

# Every rule has a stable id, so that a finding can be searched for and spoken of. What each protects:
RULES: Final = {
    "yaml": "the file is YAML without tricks: one document, no anchors, no key twice",
    "unknown-key": "a misspelt key must not be ignored",
    "missing-key": "nothing that a deployment needs is left out",
    "missing-language": "every text that people read stands in Kazakh, Russian and English",
    "wrong-type": "a value is what its key says: text, number, yes or no, list, keys",
    "bad-value": "a value is one of those allowed",
    "id": "ids are short, lower-case and fit for URLs, tables and file names",
    "duplicate-id": "an id names one thing",
    "duration": "a term is written as the calendar reads it",
    "extends": "the file that this one extends exists and does not return to itself",
    "region-id": "the file is named as its region",
    "number-prefix": "a complaint's number says which region it is of",
    "region-name": "two regions have names by which people tell them apart",
    "time-zone": "the zone is one of the IANA database",
    "email": "an address can receive mail",
    "icon": "a category's picture is one of a set that every app can have",
    "emergency-number": "a number for emergencies can be dialled, and stands there once",
    "aws-account": "a region in the cloud says into which account it goes",
    "aws-push": "push is asked for only where SNS can send it",
    "aws-tag": "tags are made of what AWS takes",
    "aws-snapstart": "snapshots of functions are asked for only where Lambda has them",
    "alarm-receiver": "somebody is woken",
    "identity-issuer": "outside a developer's machine keys of the identity provider come over HTTPS",
    "identity-email": "a user pool sends its codes through SES, for Cognito's own sender takes 50 a day",
    "officers-issuer": "outside a developer's machine officers sign in over HTTPS, and their keys come so",
    "officers-domain": "officers sign in at a desk that has an address",
    "officers-claims": "the body and the role of an officer are two claims",
    "base-map": "a base map comes over HTTPS, and from an address that everybody may know",
    "webhook-safety": "outside a developer's machine webhooks go out over HTTPS to public addresses only",
    "log-retention": "CloudWatch Logs knows only certain retention times",
    "quiet-hours": "quiet hours begin and end at different times",
    "calendar": "hours, breaks and moved days do not contradict one another",
    "calendar-year": "the calendar has years in a row, whose holidays are known",
    "calendar-ends": "no complaint of today may need a day of a year without data",
    "unknown-agency": "a named body exists",
    "unknown-category": "a changed category exists",
    "canary": "what tries the service comes to nobody who has other work, and can be filed",
    "unknown-group": "a category is shown in a group that there is",
    "unknown-district": "a named district exists",
    "ladder-loop": "a ladder never returns to a body that is already on it",
    "retired-to": "what a body that is no more had goes to one that is there, and a category to one that is offered",
    "removed": "what is deployed is retired before it is removed, for complaints and histories name it",
    "ladder-end": "every ladder ends at a body that says so, and has a body above the first",
    "category-unowned": "somebody answers for every category everywhere",
    "category-other": "what fits no category can be sent, and a body sorts it within a term",
    "danger-waits": "danger waits for no photos",
    "category-term": "danger is answered by the clock, the rest in working days or hours",
    "seconds": "terms of seconds are for a developer's machine",
    "acknowledge-late": "acknowledgement comes before the answer",
    "reminder-late": "a reminder comes within every term, that of the last level too",
    "escalation-grows": "every further term is no longer than the one before",
    "least-long": "who is given a complaint late has less time than who has it from the first day",
    "law-answer": "an answer within 15 working days (Code, art. 76)",
    "law-extension": "an extension of at most two months (Code, art. 76)",
    "law-forward": "what belongs to another body is forwarded within 3 working days (Code, art. 65)",
    "not-public": "what may be anything, or is kept quiet, is not for everybody",
    "question": "a question with choices has choices, and only such a one",
    "photo-limit": "a category asks for no more photos than the region takes",
    "geojson": "the geography is a GeoJSON FeatureCollection of one boundary and its districts",
    "coordinates": "places are in Kazakhstan, longitude first",
    "ring": "rings are closed, the outline anticlockwise and holes clockwise (RFC 7946, 3.1.6)",
    "polygon": "no outline crosses itself",
    "geojson-size": "each app is sent the outlines whole, also over a bad network",
    "district-gap": "every place in the boundary lies in a district",
    "district-outside": "no district leaves the boundary",
    "district-overlap": "no place lies in two districts",
    "still-to-do": "what a new file left open is filled in",
}


@dataclass(frozen=True, order=True, slots=True)
class Finding:
    """One finding; findings sort by place. `rule` is a key of RULES."""

    file: Path
    line: int
    rule: str
    message: str
    remedy: str

    def __post_init__(self) -> None:
        if self.rule not in RULES:
            raise ValueError(f"not a rule: {self.rule}")

    def __str__(self) -> str:
        return f"{_shown(self.file)}:{self.line}: {self.rule}: {self.message} Remedy: {self.remedy}"


class RegionFault(Exception):
    """A region file with findings; `findings` are all of them."""

    def __init__(self, *findings: Finding) -> None:
        super().__init__("\n".join(map(str, findings)))
        self.findings = findings


def _shown(file: Path) -> str:
    """The path as a person in the checkout would type it."""
    try:
        return str(file.resolve().relative_to(Path.cwd().resolve()))
    except ValueError:
        return str(file)
