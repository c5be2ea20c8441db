"""What Open311 GeoReport v2 answers, field by field, in the specification's order.

Sources: https://wiki.open311.org/GeoReport_v2 and https://wiki.open311.org/Service_Discovery; of updates, mySociety's
extension: https://github.com/mysociety/fixmystreet/wiki/Open311-FMS---Proposed-differences-to-Open311
"""

from typing import Annotated, Literal

from pydantic import Field

from functions.edge.fields import View

W3C = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$")]
"""An instant in W3C's form, in UTC, without fractions of a second."""


class Endpoint(View):
    specification: str
    url: str
    changeset: W3C
    type: Literal["production", "test"]
    formats: list[str]


class Discovery(View):
    changeset: W3C
    contact: str
    key_service: str
    endpoints: list[Endpoint]


class Service(View):
    service_code: str
    service_name: str
    description: str
    metadata: bool
    type: Literal["realtime"]
    keywords: str
    group: str


class Value(View):
    key: str
    name: str


class Attribute(View):
    variable: bool
    code: str
    datatype: Literal["string", "number", "singlevaluelist"]
    required: bool
    datatype_description: str | None
    order: Annotated[int, Field(ge=1)]
    description: str
    values: Annotated[list[Value] | None, Field(exclude_if=lambda value: value is None)]


class ServiceDefinition(View):
    service_code: str
    attributes: list[Attribute]


class Created(View):
    """What was filed."""

    service_request_id: str
    service_notice: str | None
    account_id: None = None


class Token(View):
    service_request_id: str
    token: str


class Extended(View):
    """What this system knows of a request beside the specification, for who asks with `extensions=true`."""

    detailed_status: str
    district: str | None
    place: str | None
    escalation_level: int
    escalated_to: list[str]
    joined: int
    assigned_datetime: W3C | None
    acknowledge_by_datetime: W3C | None
    acknowledged_datetime: W3C | None
    due_datetime: W3C | None
    answered_datetime: W3C | None
    closed_datetime: W3C | None
    outcome: str | None
    overdue: bool
    missed_terms: int
    refuted: int
    extended: int
    passed_on: int
    part_of: str | None
    parts: list[str]


class ServiceRequest(View):
    """`description` is null: what a person wrote is not public."""

    service_request_id: str
    status: Literal["open", "closed"]
    status_notes: str
    service_name: str
    service_code: str
    description: None = None
    agency_responsible: str | None
    service_notice: str | None
    requested_datetime: W3C
    updated_datetime: W3C
    expected_datetime: W3C | None
    address: None = None
    address_id: None = None
    zipcode: None = None
    lat: float | None
    long: float | None
    media_url: str | None
    extended_attributes: Annotated[Extended | None, Field(exclude_if=lambda value: value is None)] = None


class Update(View):
    """A step of a request. `update_id` names it for good: whoever has it need not take it again."""

    update_id: str
    service_request_id: str
    status: Literal["open", "closed"]
    updated_datetime: W3C
    description: str
    media_url: str = ""


class Error(View):
    code: int
    description: str
