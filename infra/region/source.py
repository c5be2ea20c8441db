"""YAML as it was written: every value remembers its file and line.

Scalars are read by the core schema of YAML 1.2, as editors read them: `22:00` and `2026-03-09` are text and
`no` is the word, where PyYAML's own reading (YAML 1.1) would make a number, a date and a falsehood of them.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from infra.region.finding import Finding, RegionFault

# The reader in C where the package was built with it: ten times as fast, with the same marks.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

type Scalar = str | int | float | bool | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Node:
    """A value with its place. `key_line` is the line of its key, where it has one."""

    value: "Scalar | list[Node] | dict[str, Node]"
    file: Path
    line: int
    key_line: int = 0

    # Reading without asking what it is first: rules look at files that have other faults too.

    def get(self, key: str) -> "Node | None":
        return self.value.get(key) if isinstance(self.value, dict) else None

    def child(self, step: str | int) -> "Node | None":
        return self.items()[step] if isinstance(step, int) else self.get(step)

    def at(self, *path: str) -> "Node | None":
        node: Node | None = self
        for key in path:
            node = node.get(key) if node else None
        return node

    def fields(self, key: str | None = None) -> "Mapping[str, Node]":
        node = self if key is None else self.get(key)
        return node.value if node is not None and isinstance(node.value, dict) else {}

    def items(self, key: str | None = None) -> "list[Node]":
        node = self if key is None else self.get(key)
        return node.value if node is not None and isinstance(node.value, list) else []

    def text(self, key: str | None = None) -> str | None:
        node = self if key is None else self.get(key)
        return node.value if node is not None and isinstance(node.value, str) else None

    def by_id(self, key: str) -> "dict[str, Node]":
        """The list under `key` by the ids of its items; the first of two with the same id."""
        found: dict[str, Node] = {}
        for item in self.items(key):
            if (name := item.text("id")) is not None:
                found.setdefault(name, item)
        return found

    def plain(self) -> Any:
        """The value without its places."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return self.value

    def fault(self, rule: str, message: str, remedy: str) -> Finding:
        return Finding(self.file, self.key_line or self.line, rule, message, remedy)


def read_yaml(file: Path) -> tuple[Node, tuple[Finding, ...]]:
    """The file's root and what is wrong with its writing; raises RegionFault where it cannot be read."""
    text = file.read_text(encoding="utf-8")
    try:
        aliases = [event for event in yaml.parse(text, Loader=_LOADER) if isinstance(event, yaml.AliasEvent)]
        root = yaml.compose(text, Loader=_LOADER)
    except yaml.YAMLError as error:
        raise RegionFault(_not_yaml(file, error)) from None
    if root is None:
        raise RegionFault(
            Finding(
                file, 1, "yaml", "The file is empty.", "Start from `python -m infra.region new --name NAME`."
            )
        )
    if aliases:
        raise RegionFault(*(_alias(file, event) for event in aliases))
    reading = _Reading(file=file)
    return reading.node(root), tuple(reading.findings)


def _not_yaml(file: Path, error: yaml.YAMLError) -> Finding:
    mark = getattr(error, "problem_mark", None)
    return Finding(
        file,
        1 if mark is None else mark.line + 1,
        "yaml",
        f"This is not YAML: {getattr(error, 'problem', None) or error}.",
        "Mend the indentation or the quotes at this line.",
    )


def _alias(file: Path, event: yaml.AliasEvent) -> Finding:
    return Finding(
        file,
        event.start_mark.line + 1 if event.start_mark else 1,
        "yaml",
        f"The alias *{event.anchor} repeats another part of the file.",
        "Write the value out, so that a reader sees it where it stands.",
    )


@dataclass(frozen=True, kw_only=True)
class _Reading:
    file: Path
    findings: list[Finding] = field(default_factory=list)

    def node(self, raw: yaml.Node, key_line: int = 0) -> Node:
        return Node(value=self.value(raw), file=self.file, line=raw.start_mark.line + 1, key_line=key_line)

    def value(self, raw: yaml.Node) -> "Scalar | list[Node] | dict[str, Node]":
        if isinstance(raw, yaml.MappingNode):
            return self.mapping(raw)
        if isinstance(raw, yaml.SequenceNode):
            return [self.node(item) for item in raw.value]
        return _scalar(raw)

    def mapping(self, raw: yaml.MappingNode) -> dict[str, Node]:
        found: dict[str, Node] = {}
        for key, value in raw.value:
            line = key.start_mark.line + 1
            name = str(key.value)
            if name in found:
                self.findings.append(
                    Finding(
                        self.file,
                        line,
                        "yaml",
                        f"The key {name!r} stands here twice.",
                        "Keep one of the two.",
                    )
                )
                continue
            found[name] = self.node(value, key_line=line)
        return found


def _scalar(raw: yaml.Node) -> Scalar:
    text = str(raw.value)
    if isinstance(raw, yaml.ScalarNode) and raw.style:  # plain is None in one reader and "" in the other
        return text
    if text in ("", "~", "null"):
        return None
    if text in ("true", "false"):
        return text == "true"
    if re.fullmatch(r"[-+]?[0-9]{1,18}", text):
        return int(text)
    if re.fullmatch(r"[-+]?[0-9]{1,18}\.[0-9]{1,18}", text):
        return float(text)
    return text
