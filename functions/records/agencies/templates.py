"""Texts that a body keeps ready for its answers."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute

from functions.complaints.faults import Conflict, NotFound
from functions.complaints.ids import new_id
from functions.complaints.templates import TEMPLATES_MOST
from functions.records.agencies.made import MadeItem, write_once
from functions.records.agencies.table import AgenciesTable, agency_pk
from functions.records.attributes import InstantAttribute, TextsAttribute
from functions.records.conditional import updated


class TemplateItem(AgenciesTable):
    """`text` by language. Of any category, and for any outcome, where it names none."""

    id = UnicodeAttribute()
    agency_id = UnicodeAttribute()
    category = UnicodeAttribute(null=True)
    outcome = UnicodeAttribute(null=True)
    text = TextsAttribute()
    order = NumberAttribute()
    enabled = BooleanAttribute()
    version = NumberAttribute(default=1)
    created_at = InstantAttribute()
    changed_at = InstantAttribute()


def new_template(agency_id: str, said: Mapping[str, Any], *, note: MadeItem, now: datetime) -> TemplateItem:
    """Store a template that says this, with the `note` of the request that asked for it. Raises Conflict at
    TEMPLATES_MOST, and where the request was carried out before.
    """
    if len(templates_of(agency_id)) >= TEMPLATES_MOST:
        raise Conflict("too_many_templates", max=TEMPLATES_MOST)
    template_id = new_id(now)
    item = TemplateItem(
        agency_pk(agency_id),
        template_sk(template_id),
        id=template_id,
        agency_id=agency_id,
        created_at=now,
        changed_at=now,
        **said,
    )
    note.made = template_id
    write_once(note, lambda transaction: transaction.save(item, condition=TemplateItem.pk.does_not_exist()))
    return item


def templates_of(agency_id: str) -> tuple[TemplateItem, ...]:
    """A body's templates in their order; one query."""
    found = TemplateItem.query(
        agency_pk(agency_id), TemplateItem.sk.startswith("template#"), consistent_read=True
    )
    return tuple(sorted(found, key=lambda item: (int(item.order), item.id)))


def template_of(agency_id: str, template_id: str) -> TemplateItem:
    """Raises NotFound, also for another body's."""
    try:
        return TemplateItem.get(agency_pk(agency_id), template_sk(template_id), consistent_read=True)
    except TemplateItem.DoesNotExist as error:
        raise NotFound(template_id) from error


def change_template(item: TemplateItem, said: Mapping[str, Any], *, now: datetime) -> None:
    """Have it say this too; what is not named stays. Raises Conflict where somebody changed it since it was read."""
    version = int(item.version)
    actions = [TemplateItem.version.set(version + 1), TemplateItem.changed_at.set(now)]
    for name, value in said.items():
        attribute = getattr(TemplateItem, name)
        actions.append(attribute.remove() if value is None else attribute.set(value))
    if not updated(item, actions, condition=TemplateItem.version == version):
        raise Conflict("changed_meanwhile")


def template_sk(template_id: str) -> str:
    return f"template#{template_id}"
