"""What is open to everybody: the categories, the bodies, what is overdue, and the description of the API itself."""

from pathlib import Path
from typing import Any

from functions.complaints.region import Category, Question, Region
from functions.complaints.texts import in_language
from functions.edge.http import Api, answer
from functions.edge.router import Response
from functions.intake.api.views import overdue
from functions.records import lists

_AN_HOUR = {"cache-control": "public, max-age=3600"}


def mount(api: Api, *, region: Region, files: Path, webhook_addresses: tuple[str, ...]) -> None:
    """`files` is the folder that holds `openapi.json` and `docs.html`."""

    @api.get("/v1/categories")
    def categories() -> Response[str]:
        views = [_category(each, api.language) for each in region.categories.values()]
        return answer({"items": views}, headers=_AN_HOUR | {"vary": "accept-language"})

    @api.get("/v1/agencies")
    def agencies() -> Response[str]:
        views = [
            {"id": agency.id, "name": in_language(agency.name, api.language), "parent": agency.parent}
            for agency in region.agencies.values()
        ]
        return answer({"items": views}, headers=_AN_HOUR | {"vary": "accept-language"})

    @api.get("/v1/overdue")
    def overdue_complaints() -> Response[str]:
        page = lists.overdue(limit=api.page_size(), cursor=api.cursor("overdue_since"))
        return answer(
            {
                "items": [overdue(item, region=region, language=api.language) for item in page.items],
                "cursor": page.cursor,
            },
            headers={"cache-control": "public, max-age=60", "vary": "accept-language"},
        )

    @api.get("/v1/webhook-addresses")
    def addresses() -> Response[str]:
        """Where webhooks come from, for bodies that let only known addresses in; none: from anywhere in AWS."""
        return answer({"items": list(webhook_addresses)}, headers=_AN_HOUR)

    @api.get("/openapi.json")
    def openapi() -> Response[str]:
        return _file(files / "openapi.json", "application/json")

    @api.get("/docs")
    def docs() -> Response[str]:
        return _file(files / "docs.html", "text/html; charset=utf-8")


def _file(path: Path, content_type: str) -> Response[str]:
    return Response(
        status_code=200,
        content_type=content_type,
        body=path.read_text(encoding="utf-8"),
        headers=_AN_HOUR
        | {
            "x-content-type-options": "nosniff",
            "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; "
            "form-action 'none'; frame-ancestors 'none'",
            "referrer-policy": "no-referrer",
        },
    )


def _category(category: Category, language: str) -> dict[str, Any]:
    return {
        "id": category.id,
        "name": in_language(category.name, language),
        "hint": in_language(category.hint, language) if category.hint else None,
        "danger": category.danger,
        "answer_within": str(category.answer_within),
        "max_photos": category.max_photos,
        "duplicate_radius_m": category.duplicate_radius_m,
        "questions": [_question(question, language) for question in category.questions],
    }


def _question(question: Question, language: str) -> dict[str, Any]:
    return {
        "id": question.id,
        "text": in_language(question.text, language),
        "kind": question.kind,
        "required": question.required,
        "choices": [
            {"id": choice["id"], "text": in_language(choice["text"], language)} for choice in question.choices
        ],
    }
