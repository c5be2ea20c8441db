"""`POST requests`: a partner files what its user reported. It is a complaint like any other, from here on.

Of the form nothing is kept but what a complaint is made of. Who reported it (`first_name`, `last_name`, `email`, `phone`,
`device_id`) is read by nobody; `account_id` becomes a pseudonym (`functions.complaints.partners`). A photo is not fetched
from `media_url`: whoever fetches what somebody else names can be sent anywhere, and a photo comes in through the app, which
declares it first. The answer says so.
"""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any, Final
from urllib.parse import parse_qsl

from pydantic import ValidationError

from functions.complaints.change import Change
from functions.complaints.complaint import Complaint
from functions.complaints.faults import FieldFault, Invalid, invalid
from functions.complaints.ids import new_id
from functions.complaints.keys import read_token
from functions.complaints.limits import Limits
from functions.complaints.moves.assignment import with_assignment
from functions.complaints.moves.filing import file
from functions.complaints.partners import Partner
from functions.complaints.region import Category, Region
from functions.complaints.texts import text
from functions.edge.problems import Problem
from functions.edge.repeats import of_same
from functions.edge.request_body import BODY_MAX, raw_body
from functions.edge.validation import refusal
from functions.intake.filed import filed
from functions.intake.open311.answers import Created
from functions.intake.open311.services import offered_one
from functions.intake.open311.shown import promise
from functions.intake.submission import Submission, submission
from functions.records.agencies.partners import partner_with
from functions.records.people.day_limits import count
from functions.records.requests import Request
from functions.records.store import ComplaintStore

FORM: Final = "application/x-www-form-urlencoded"
FIELDS_MOST: Final = 200
REFERENCE_MOST: Final = 255
_ATTRIBUTE: Final = re.compile(r"attribute\[(?P<code>[^\[\]]+)\](?:\[\d*\])?")

type Form = Mapping[str, str]


class Posted:
    """Files in one region."""

    def __init__(self, *, region: Region, store: ComplaintStore, now: Callable[[], datetime]) -> None:
        self._region, self._store, self._now = region, store, now
        self._model, self._limits = submission(region, now=now), Limits.of(region.limits)

    def __call__(self, event: Mapping[str, Any], *, language: str) -> Created:
        """Raises Problem, Invalid and LimitReached, and what the tables raise."""
        form = form_of(event)
        partner = self._partner(form)
        body, external = self._submission(form), _reference(form, "external_id")
        request = None if external is None else _request(partner, external, form=form, body=body)
        if request is not None and (seen := self._store.seen(request)) is not None:
            complaint, _ = of_same(seen, request, store=self._store)
        else:
            complaint = self._filed(body, partner=partner, form=form, request=request, language=language)
        return self._created(complaint, form=form, language=language)

    def _partner(self, form: Form) -> Partner:
        token = read_token(form.get("api_key", ""))
        partner = None if token is None else partner_with(token, now=self._now())
        if partner is None:
            raise Problem("forbidden", detail="open311.no_key")
        return partner

    def _submission(self, form: Form) -> Submission:
        code = form.get("service_code")
        if code is None:
            raise invalid("/category", "missing")
        category = offered_one(code, region=self._region, now=self._now())
        try:
            return self._model.model_validate(_body(form, category))
        except ValidationError as error:
            refused = refusal([{**each, "loc": ("body", *each["loc"])} for each in error.errors()])
            raise _said_of_the_place(refused, form) from error

    def _filed(
        self, body: Submission, *, partner: Partner, form: Form, request: Request | None, language: str
    ) -> Complaint:
        reference = _reference(form, "account_id")
        person, draft = partner.reporter(reference), body.draft(language=language)
        key = new_id(self._now()) if request is None else f"{partner.id} {request.key}"
        counted = partial(count, key=key, now=self._now(), zone=self._region.time_zone)
        if reference is not None:
            counted(person, "complaints", limit=self._limits.complaints_per_day)
        counted(partner.subject, "partner_complaints", limit=self._limits.partner_complaints_per_day)

        def decide() -> Change:
            filed_at = self._now()
            opened = file(draft, region=self._region, reporter=person, now=filed_at)
            return with_assignment(opened, region=self._region, now=filed_at)

        complaint, _ = filed(decide, store=self._store, request=request)
        return complaint

    def _created(self, complaint: Complaint, *, form: Form, language: str) -> Created:
        said = [
            promise(complaint.agency_id, complaint.due_at, region=self._region, language=language),
            text("open311.photo_not_taken", language) if "media_url" in form else None,
        ]
        return Created(
            service_request_id=complaint.number,
            service_notice=" ".join(each for each in said if each is not None) or None,
        )


def form_of(event: Mapping[str, Any]) -> Form:
    """The fields of the form that are not empty; of one that comes several times, the last. Raises Problem."""
    raw = raw_body(event)
    if len(raw) > BODY_MAX:
        raise Problem("body-too-large", max=BODY_MAX)
    media_type = str((event.get("headers") or {}).get("content-type", FORM)).partition(";")[0]
    if media_type.strip().lower() != FORM:
        raise Problem("malformed-json", detail="open311.no_form")
    try:
        fields = parse_qsl(raw.decode(), keep_blank_values=True, max_num_fields=FIELDS_MOST, errors="strict")
    except ValueError as error:
        raise Problem("malformed-json", detail="open311.no_form") from error
    return {name: value for name, value in fields if value.strip()}


def _body(form: Form, category: Category) -> dict[str, Any]:
    """As the app sends it. Of attributes those that the service asks for: clients send others, which mean something to
    themselves (`fixmystreet_id`).
    """
    asked = {question.id for question in category.questions}
    answers = {
        found["code"]: value
        for name, value in form.items()
        if (found := _ATTRIBUTE.fullmatch(name)) is not None and found["code"] in asked
    }
    body: dict[str, Any] = {"category": category.id, "answers": answers}
    if "description" in form:
        body["comment"] = form["description"].replace("\r\n", "\n")
    if "lat" in form and "long" in form:
        place = {"lat": _number(form["lat"]), "lon": _number(form["long"])}
        body["location"] = place | ({"address": form["address_string"]} if "address_string" in form else {})
    return body


def _number(text: str) -> float | str:
    """What is no number stays as it is, to be refused as the others are."""
    try:
        return float(text)
    except ValueError:
        return text


def _said_of_the_place(refused: Exception, form: Form) -> Exception:
    """What is missing is said by the names that the form has for it."""
    if not isinstance(refused, Invalid):
        return refused
    alone = "address_alone" if not {"lat", "long"} & set(form) else "lat_and_long"
    return Invalid(
        FieldFault(pointer=each.pointer, key=alone)
        if (each.pointer, each.key) == ("/location", "missing")
        else each
        for each in refused.faults
    )


def _reference(form: Form, name: str) -> str | None:
    """What a partner calls something by. Raises Invalid for one that is too long."""
    given = form.get(name)
    if given is not None and len(given) > REFERENCE_MOST:
        raise invalid(name, "too_long", max=REFERENCE_MOST)
    return given


def _request(partner: Partner, external: str, *, form: Form, body: Submission) -> Request:
    """The same for the same partner, reference, user and complaint, whatever else stands in the form."""
    said = [partner.reporter(_reference(form, "account_id")), body.model_dump(mode="json")]
    digest = hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
    return Request(caller=partner.subject, key=external, digest=digest)
