"""Whom the sign-in page lets in by one button."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Officer:
    """`title`: who it is, by language: a role and a body, for there is no person."""

    username: str
    password: str
    title: Mapping[str, str]
