"""The page at `/docs`: the OpenAPI document for people, as one file of HTML without scripts or anything from elsewhere."""

import json
import re
from collections.abc import Iterator, Mapping
from html import escape
from pathlib import Path
from typing import Any, Final

from functions.edge.problems import CONTENT_TYPE

_STYLE: Final = Path(__file__).with_name("docs_page.css")
_BOUNDS: Final = {
    "minimum": "at least {}",
    "maximum": "at most {}",
    "minItems": "at least {}",
    "maxItems": "at most {}",
    "maxProperties": "at most {}",
    "maxLength": "at most {} characters",
    "default": "{} if absent",
}

_FILE: Final = """curl "$API/v1/complaints" -H "Authorization: Bearer $TOKEN" -H "Content-Type: application/json" \\
  -H "Idempotency-Key: $(uuidgen)" -H "Accept-Language: kk" -d @complaint.json"""
_SEND: Final = """curl -X PUT "$URL" --data-binary @manhole.jpg -H "Content-Type: image/jpeg" -H "If-None-Match: *" \\
  -H "x-amz-checksum-sha256: $CHECKSUM\""""
_LOOK: Final = """curl "$API/v1/complaints/$ID" -H "Authorization: Bearer $TOKEN" -H "Accept-Language: kk\""""

type Json = Mapping[str, Any]


def page(document: bytes) -> bytes:
    """The page for an OpenAPI document of this project."""
    api: Json = json.loads(document)
    parts = [
        _start(api),
        *(_tag(api, tag) for tag in api["tags"] if tag["name"] != "Webhooks"),
        _webhooks(api),
        _problems(api),
        _shapes(api),
    ]
    title = escape(api["info"]["title"])
    return "".join(
        [
            '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n',
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n',
            '<meta name="color-scheme" content="light dark">\n',
            f"<title>{title}: API</title>\n<style>\n{_STYLE.read_text(encoding='utf-8')}</style>\n</head>\n<body>\n",
            '<a class="skip" href="#content">To the content</a>\n',
            _contents(api),
            f'<main id="content">\n{"".join(parts)}</main>\n</body>\n</html>\n',
        ]
    ).encode()


def _contents(api: Json) -> str:
    lists = []
    for tag in api["tags"]:
        if tag["name"] == "Webhooks":
            continue
        items = "".join(
            f'<li><a href="#{escape(operation["operationId"])}">{_badge(method)} '
            f"{_breakable(re.sub(r'^/v1(/agency)?', '', path))}</a></li>"
            for method, path, operation in _operations(api, tag["name"])
        )
        lists.append(f'<h2><a href="#{_anchor(tag["name"])}">{escape(tag["name"])}</a></h2><ul>{items}</ul>')
    further = (("webhooks", "Webhooks"), ("problems", "Problems"), ("shapes", "Shapes"))
    lists += [f'<h2><a href="#{anchor}">{name}</a></h2>' for anchor, name in further]
    title = escape(api["info"]["title"])
    return f'<nav aria-label="Contents"><p class="brand"><a href="#content">{title}</a></p>{"".join(lists)}</nav>\n'


def _start(api: Json) -> str:
    info = api["info"]
    schemes = "".join(
        f"<dt>{escape(name.title())}</dt><dd>{_said(scheme['description'])} <code>Authorization: Bearer …</code></dd>"
        for name, scheme in api["components"]["securitySchemes"].items()
    )
    return (
        f"<header><h1>{escape(info['title'])}</h1><p class=lead>{escape(info['summary'])}</p>"
        f"<p>{_said(info['description'])}</p>"
        f'<p><a href="/openapi.json">openapi.json</a>, version {escape(info["version"])}</p></header>\n'
        f'<section id="signing-in"><h2>Signing in</h2><dl>{schemes}</dl></section>\n'
        f'<section id="first-steps"><h2>First steps</h2>{_first_steps()}</section>\n'
    )


def _first_steps() -> str:
    steps = (
        ("File a complaint, and keep the key until the answer has come: who repeats the request with it files "
         "nothing twice.", _FILE),
        ("Send each photo with its request under `uploads`, all headers as they are given.", _SEND),
        ("Look at it, as often as you like; pushes tell of each step.", _LOOK),
    )  # fmt: skip
    items = "".join(
        f"<li><p>{_said(said)}</p><pre><code>{escape(code)}</code></pre></li>" for said, code in steps
    )
    return f"<ol>{items}</ol>"


def _tag(api: Json, tag: Json) -> str:
    operations = "".join(
        _operation(api, method, path, operation) for method, path, operation in _operations(api, tag["name"])
    )
    return (
        f'<section id="{_anchor(tag["name"])}"><h2>{escape(tag["name"])}</h2>'
        f"<p>{_said(tag['description'])}</p>{operations}</section>\n"
    )


def _operation(api: Json, method: str, path: str, operation: Json) -> str:
    callers = [name for requirement in operation["security"] for name in requirement]
    signed_in = f"Signed in as: {callers[0]}." if callers else "Open to everybody."
    parameters = [_resolved(api, each) for each in operation.get("parameters", ())]
    body = operation.get("requestBody")
    parts = [
        f"<h3>{_badge(method)} <code>{_breakable(path)}</code></h3><p class=summary>{_said(operation['summary'])}</p>",
        f"<p>{_said(operation.get('description', ''))} <span class=who>{signed_in}</span></p>",
        _table("Parameters", (_parameter_row(each) for each in parameters)),
    ]
    if body is not None:
        content = body["content"]["application/json"]
        heading = "Body" if body["required"] else "Body (can be left out)"
        parts.append(
            _table(heading, _rows(api, content["schema"])) or f"<h4>{heading}</h4><p>An empty object.</p>"
        )
        parts.append(_sample(content.get("example")))
    parts.append(_answers(api, operation["responses"]))
    return f'<article id="{escape(operation["operationId"])}">{"".join(parts)}</article>\n'


def _answers(api: Json, responses: Json) -> str:
    rows = []
    for status, reference in responses.items():
        response = _resolved(api, reference)
        content = response.get("content", {})
        if CONTENT_TYPE in content:
            said = ", ".join(
                f'<a href="#problem-{slug}">{slug}</a>' for slug in content[CONTENT_TYPE]["examples"]
            )
            said += ", or API Gateway's own answer" if "application/json" in content else ""
        elif int(status) < 400 and content:
            said = _type(next(iter(content.values()))["schema"])
        else:
            said = _said(response["description"])
        rows.append(f"<tr><th scope=row>{status}</th><td>{said}</td></tr>")
    return f"<h4>Answers</h4><table>{''.join(rows)}</table>"


def _webhooks(api: Json) -> str:
    hooks = api["webhooks"]
    about = next(tag["description"] for tag in api["tags"] if tag["name"] == "Webhooks")
    events = "".join(
        f"<tr><th scope=row><code>{_breakable(name)}</code></th><td>{_said(hook['post']['summary'])}</td></tr>"
        for name, hook in hooks.items()
    )
    first = next(iter(hooks.values()))["post"]
    example = next(
        content["example"]
        for hook in hooks.values()
        if "example" in (content := hook["post"]["requestBody"]["content"]["application/json"])
    )
    samples = "".join(
        f"<h4>In {escape(language)}</h4><pre><code>{escape(code)}</code></pre>"
        for language, code in api["x-verification"].items()
    )
    return (
        f'<section id="webhooks"><h2>Webhooks</h2><p>{_said(about)}</p>'
        f"{_table('Headers', (_parameter_row(each) for each in first['parameters']))}"
        f"<h4>Message</h4><p>{_type(first['requestBody']['content']['application/json']['schema'])}</p>{_sample(example)}"
        f"<h3>Verifying</h3><p>Verify before you read. The official libraries of "
        f"Standard Webhooks do the same as this:</p>{samples}"
        f"<h3>Events</h3><table>{events}</table></section>\n"
    )


def _problems(api: Json) -> str:
    examples = {
        slug: example["value"]
        for response in api["components"]["responses"].values()
        for slug, example in response["content"].get(CONTENT_TYPE, {}).get("examples", {}).items()
    }
    articles = []
    for name, schema in api["components"]["schemas"].items():
        if not name.startswith("problem-"):
            continue
        slug = name.removeprefix("problem-")
        properties = schema["properties"]
        common = ("type", "title", "status", "detail", "instance")
        further = {key: value for key, value in properties.items() if key not in common}
        own = {"type": "object", "required": schema["required"], "properties": further}
        articles.append(
            f'<article id="{name}"><h3><code>{slug}</code> <span class=status>{properties["status"]["const"]}</span></h3>'
            f"<p class=summary>{escape(schema['title'])}</p>{_table('Further members', _rows(api, own))}"
            f"{_sample(examples.get(slug))}</article>\n"
        )
    return (
        '<section id="problems"><h2>Problems</h2><p>Every error is a problem document (RFC 9457). Its <code>type</code> is '
        "<code>/problems/</code> and one of these names, and stays; title and detail are for people, in their "
        f"language.</p>{''.join(articles)}</section>\n"
    )


def _shapes(api: Json) -> str:
    articles = [
        f'<article id="shape-{escape(name)}"><h3>{escape(name)}</h3><p>{_said(schema.get("description", ""))}</p>'
        f"{''.join(_table('', _rows(api, each)) for each in schema.get('oneOf', [schema]))}</article>\n"
        for name, schema in api["components"]["schemas"].items()
        if not name.startswith("problem-")
    ]
    return f'<section id="shapes"><h2>Shapes</h2>{"".join(articles)}</section>\n'


def _rows(api: Json, schema: Json, prefix: str = "") -> Iterator[str]:
    """A row for each field, those of nested objects after their own."""
    required = schema.get("required", ())
    for name, field in schema.get("properties", {}).items():
        mark = "" if name in required else " <span class=optional>optional</span>"
        said = f"{_constraints(field)} {_said(field.get('description', ''))}"
        yield (
            f"<tr><th scope=row><code>{_breakable(prefix + name)}</code>{mark}</th>"
            f"<td><span class=type>{_type(field)}.</span> {said}</td></tr>"
        )
        nested = field.get("items", field)
        inner = next((each for each in nested.get("oneOf", [nested]) if "properties" in each), None)
        if inner is not None:
            yield from _rows(api, inner, prefix=f"{prefix}{name}{'[]' if 'items' in field else ''}.")


def _parameter_row(parameter: Json) -> str:
    schema = parameter["schema"]
    mark = "" if parameter["required"] else " <span class=optional>optional</span>"
    return (
        f"<tr><th scope=row><code>{escape(parameter['name'])}</code>{mark}</th><td><span class=type>{parameter['in']}, "
        f"{_type(schema)}.</span> {_constraints(schema)} {_said(parameter['description'])}</td></tr>"
    )


def _table(heading: str, rows: Iterator[str]) -> str:
    made = "".join(rows)
    head = f"<h4>{heading}</h4>" if heading else ""
    return f"{head}<table>{made}</table>" if made else ""


def _type(schema: Json) -> str:
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f'<a href="#shape-{name}">{name}</a>'
    if "oneOf" in schema:
        return " or ".join(_type(each) for each in schema["oneOf"])
    if "const" in schema:
        return f"<code>{escape(json.dumps(schema['const']))}</code>"
    types = schema.get("type", "value")
    named = types if isinstance(types, str) else " or ".join(types)
    if named == "array":
        return f"list of {_type(schema['items']).replace('object', 'objects')}"
    if "items" in schema.get("properties", {}):
        return f"page of {_type(schema['properties']['items']['items'])}"
    return escape(schema.get("format", named) if named == "string" else named)


def _constraints(schema: Json) -> str:
    said = [text.format(_plain(schema[name])) for name, text in _BOUNDS.items() if name in schema]
    if "enum" in schema:
        said.append(
            "one of "
            + ", ".join(f"<code>{escape(str(each))}</code>" for each in schema["enum"] if each is not None)
        )
    if "pattern" in schema and schema["pattern"] != r"\S":
        said.append(f"matches <code>{escape(schema['pattern'])}</code>")
    if not said:
        return ""
    text = ", ".join(said)
    return f"{text[0].upper()}{text[1:]}."


def _plain(value: Any) -> str:
    return escape(value if isinstance(value, str) else json.dumps(value))


def _sample(value: Any) -> str:
    if value is None:
        return ""
    return f"<pre><code>{escape(json.dumps(value, ensure_ascii=False, indent=2))}</code></pre>"


def _operations(api: Json, tag: str) -> Iterator[tuple[str, str, Json]]:
    for path, methods in api["paths"].items():
        for method, operation in methods.items():
            if tag in operation["tags"]:
                yield method, path, operation


def _resolved(api: Json, value: Json) -> Json:
    if "$ref" not in value:
        return value
    found: Any = api
    for step in value["$ref"].removeprefix("#/").split("/"):
        found = found[step]
    resolved: Json = found
    return resolved


def _badge(method: str) -> str:
    return f'<span class="method {method}">{method.upper()}</span>'


def _breakable(text: str) -> str:
    """May be broken after a slash, a stop or an underscore where the line is too short."""
    return re.sub(r"([/._])", r"\1<wbr>", escape(text))


def _anchor(name: str) -> str:
    return re.sub(r"[^a-z]+", "-", name.lower())


def _said(text: str) -> str:
    """Prose with `code` in it."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text, quote=False))
