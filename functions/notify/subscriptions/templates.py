"""`/v1/agency/templates`: texts that a body keeps ready for its answers."""

from collections.abc import Callable, Set
from datetime import datetime
from functools import partial
from typing import Annotated, Any, ClassVar, Final

from aws_lambda_powertools.event_handler import Response, content_types
from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.event_handler.openapi.params import Body as FromBody
from aws_lambda_powertools.event_handler.openapi.params import Path
from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, field_validator

from functions.complaints.complaint import OUTCOMES
from functions.complaints.ids import is_id
from functions.complaints.templates import PLACEHOLDERS, TEMPLATE_MOST, TEMPLATES_MOST, placeholder_fault
from functions.edge.callers import Admin, Reader
from functions.edge.fields import (
    ID_FORM,
    Body,
    Count,
    Id,
    View,
    bound,
    choice,
    described,
    fault,
    omitted,
    one_of,
    under,
    whole,
    words,
)
from functions.edge.idempotency import RequiredKey
from functions.edge.operations import answering, naming, with_scope
from functions.edge.resolver import no_content
from functions.notify.subscriptions.once import Making, made_once
from functions.records.agencies.made import MadeItem
from functions.records.agencies.templates import (
    TemplateItem,
    change_template,
    new_template,
    template_of,
    templates_of,
)

ORDER_MOST: Final = 9_999
_TAG: Final = ["Templates"]
_FILLED_IN: Final = ", ".join(f"`{{{name}}}`" for name in PLACEHOLDERS)


def _fillable(text: str) -> str:
    key = placeholder_fault(text)
    if key is not None:
        raise fault(key)
    return text


_Text = Annotated[
    str,
    words(TEMPLATE_MOST, f"What is filled in is {_FILLED_IN}, and no other bracket is curly.", letters=True),
    AfterValidator(_fillable),
]
_Category = Annotated[str | None, Field(max_length=64, description="Of this category alone; null for any.")]
_Outcome = Annotated[
    Annotated[str, choice(*OUTCOMES)] | None, described("For answers with this outcome alone; null for any.")
]
_Order = Annotated[
    int,
    Field(ge=0, le=ORDER_MOST, description="Where it stands in the list; of two equal ones the older first."),
    BeforeValidator(whole),
]
_Enabled = Annotated[bool, described("Whether it is offered.")]
TemplateId = Annotated[str, Path(description="The template.", json_schema_extra=ID_FORM), naming(is_id)]


class TemplateTexts(Body):
    """The text in each language, for the answer is in that of the person."""

    kk: _Text
    ru: _Text
    en: _Text


_EXAMPLE: Final[dict[str, Any]] = {
    "category": None,
    "outcome": "resolved",
    "text": {
        "kk": "{number} өтініші бойынша жұмыс орындалды.",
        "ru": "По обращению {number} работа выполнена.",
        "en": "The work that complaint {number} asked for is done.",
    },
    "order": 10,
    "enabled": True,
}


class _Regional(Body):
    """What is read of the region's categories."""

    categories: ClassVar[Set[str]]

    @field_validator("category", check_fields=False)
    @classmethod
    def _known(cls, category: str | None) -> str | None:
        if category is not None and category not in cls.categories:
            raise fault("unknown_category")
        return category


class TemplateWanted(_Regional):
    """A template to be made."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    category: _Category = omitted()
    outcome: _Outcome = omitted()
    text: TemplateTexts
    order: _Order = 0
    enabled: _Enabled = True


class TemplateChange(_Regional):
    """What is left out stays as it is."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"enabled": False}]})

    category: _Category = omitted()
    outcome: _Outcome = omitted()
    text: TemplateTexts = omitted()
    order: _Order = omitted()
    enabled: _Enabled = omitted()


class Texts(View):
    """In each language."""

    kk: str
    ru: str
    en: str


class Template(View):
    """A text that is ready, with what is to be filled in."""

    id: Id
    category: Annotated[str | None, described("Of this category alone; null for any.")]
    outcome: Annotated[
        Annotated[str, one_of(*OUTCOMES)] | None, described("With this outcome alone; null for any.")
    ]
    text: Texts
    order: Count
    enabled: bool


class Templates(View):
    """All of them, in their order."""

    items: list[Template]


def templates(*, categories: Set[str], now: Callable[[], datetime]) -> Router:
    """The routes, for a region with these categories."""
    router = Router()
    wanted, changed = bound(TemplateWanted), bound(TemplateChange)
    wanted.categories = changed.categories = categories
    manage = partial(dict[str, Any], tags=_TAG, security=with_scope("admin"))

    @router.get(
        "/v1/agency/templates",
        operation_id="listTemplates",
        tags=_TAG,
        security=with_scope("read"),
        summary="Texts that are ready for answers, in their order",
        description=f"{TEMPLATES_MOST} at the most, those that are switched off included. Whoever answers fills in "
        f"{_FILLED_IN}.",
    )
    def listed(caller: Reader) -> Templates:
        return Templates(items=[_view(item) for item in templates_of(caller.agency_id)])

    @router.post(
        "/v1/agency/templates",
        status_code=201,
        operation_id="makeTemplate",
        openapi_extensions=answering("conflict", headers={"Location": "Address of the template."}),
        summary="Keep a text ready",
        **manage(),
    )
    def make(
        caller: Admin, body: Annotated[TemplateWanted, FromBody, under(wanted)], key: RequiredKey
    ) -> Response[Template]:
        def made(making: Making) -> TemplateItem:
            assert making.note is not None
            return new_template(caller.agency_id, body.model_dump(), note=making.note, now=now())

        def again(seen: MadeItem, _: bytes) -> TemplateItem:
            return template_of(caller.agency_id, seen.made)

        event = router.current_event.raw_event
        item = made_once(event, caller=caller, key=key, make=made, again=again, now=now())
        return Response(
            status_code=201,
            content_type=content_types.APPLICATION_JSON,
            body=_view(item),
            headers={"location": f"/v1/agency/templates/{item.id}"},
        )

    @router.patch(
        "/v1/agency/templates/<id>",
        operation_id="changeTemplate",
        openapi_extensions=answering("conflict"),
        summary="Change a text, its place, or whether it is offered",
        **manage(),
    )
    def alter(
        id: TemplateId, caller: Admin, body: Annotated[TemplateChange, FromBody, under(changed)]
    ) -> Template:
        item = template_of(caller.agency_id, id)
        if said := body.model_dump(exclude_unset=True):
            change_template(item, said, now=now())
        return _view(item)

    @router.delete(
        "/v1/agency/templates/<id>",
        status_code=204,
        operation_id="deleteTemplate",
        summary="Keep it no longer",
        **manage(),
    )
    def delete(id: TemplateId, caller: Admin) -> Response[None]:
        template_of(caller.agency_id, id).delete()
        return no_content()

    return router


def _view(item: TemplateItem) -> Template:
    return Template(
        id=item.id,
        category=item.category,
        outcome=item.outcome,
        text=Texts(**item.text),
        order=int(item.order),
        enabled=item.enabled,
    )
