"""A region file on top of another: what it says holds, what it leaves out comes from the other.

Keys merge deeply and lists of things with ids by id; other lists, the identity providers and the base map are replaced.
"""

from dataclasses import replace
from pathlib import Path
from typing import Final

from infra.region.finding import Finding, RegionFault
from infra.region.source import Node, read_yaml

_REPLACED: Final = ("identity", "officers", "base_map")


def read_merged(file: Path) -> tuple[Node, Node, tuple[Finding, ...]]:
    """The file as written, the file with all that it extends, and what is wrong with their writing.

    Raises RegionFault where one of them cannot be read.
    """
    own, findings = read_yaml(file)
    merged, seen = own, [file]
    while (base_id := merged.text("extends")) is not None:
        base = file.with_name(f"{base_id}.yaml")
        place = merged.get("extends") or merged
        if base in seen:
            raise RegionFault(
                place.fault(
                    "extends", f"{base_id!r} is extended by itself.", "End the chain at a whole file."
                )
            )
        if not base.is_file():
            raise RegionFault(
                place.fault(
                    "extends", f"There is no {base.name} beside this file.", "Name a region that exists."
                )
            )
        seen.append(base)
        root, more = read_yaml(base)
        findings += more
        merged = merged_node(_without(root, "region"), _without(merged, "extends"))
    return own, merged, findings


def merged_node(base: Node, over: Node) -> Node:
    """`over` on top of `base`; each value keeps the place where it was written."""
    if isinstance(base.value, dict) and isinstance(over.value, dict):
        value = dict(base.value)
        for key, node in over.value.items():
            value[key] = merged_node(value[key], node) if key in value and key not in _REPLACED else node
        return replace(over, value=value)
    if _has_ids(base) and _has_ids(over):
        by_id = {item.text("id"): item for item in base.items()}
        for item in over.items():
            name = item.text("id")
            by_id[name] = merged_node(by_id[name], item) if name in by_id else item
        return replace(over, value=list(by_id.values()))
    return over


def _has_ids(node: Node) -> bool:
    return bool(node.items()) and all(item.text("id") is not None for item in node.items())


def _without(node: Node, name: str) -> Node:
    return replace(node, value={key: one for key, one in node.fields().items() if key != name})
