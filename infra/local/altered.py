"""A cloud assembly that differs from one that was synthesised in what its templates say."""

import json
import os
import shutil
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

type Template = dict[str, Any]


def altered(
    made: Path,
    folder: Path,
    change: Callable[[Template], Template],
    *,
    renamed: Mapping[str, str] | None = None,
) -> Path:
    """A copy of the assembly `made`, in `folder`, with what `change` makes of each template, and other words where one of
    `renamed` stands.

    By a template's digest `cdk` tells whether it has uploaded it before, so that is renamed too.
    """
    shutil.copytree(made, folder, copy_function=os.link)
    names = dict(renamed or {})
    digests = {}
    for path in folder.rglob("*.template.json"):
        before = path.read_text()
        after = json.dumps(change(json.loads(_renamed(before, names))))
        _rewrite(path, after)
        digests[_digest(before)] = _digest(after)
    for path in (*folder.rglob("*.assets.json"), *folder.rglob("manifest.json")):
        _rewrite(path, _renamed(path.read_text(), names | digests))
    return folder


def _renamed(text: str, names: Mapping[str, str]) -> str:
    for before, after in names.items():
        text = text.replace(before, after)
    return text


def _rewrite(path: Path, text: str) -> None:
    """Not through the link, which is the file of the assembly that was copied."""
    path.unlink()
    path.write_text(text)


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()
