"""A packed file as the answer to a request: in the coding that the caller takes, and 304 where they have it."""

from collections.abc import Mapping
from typing import Any

from aws_lambda_powertools.event_handler import Response

from functions.edge.codings import coding
from functions.edge.packed_files import CODINGS, File
from functions.edge.revalidation import unless_it_has


def sent(file: File, *, asked: Mapping[str, str], header_fields: Mapping[str, str]) -> Response[Any]:
    """`asked`: the request's header fields; `header_fields` go with the file."""
    chosen = coding(asked.get("accept-encoding", ""), kept=[each for each in CODINGS if each in file.coded])
    return unless_it_has(file.tag, asked=asked, response=_response(file, chosen, header_fields))


def _response(file: File, chosen: str | None, header_fields: Mapping[str, str]) -> Response[Any]:
    about_it = {
        # Under its name in lower case: what Powertools takes for JSON by the other, it would write as JSON once more.
        "content-type": file.content_type,
        "cache-control": file.cache_control,
        "vary": "accept-encoding",
    }
    if chosen is None:
        return Response(status_code=200, body=file.plain, headers={**header_fields, **about_it})
    fields = {**header_fields, **about_it, "content-encoding": chosen}
    return Response(status_code=200, body=file.coded[chosen], headers=fields)
