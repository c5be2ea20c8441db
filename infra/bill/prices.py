"""What AWS charges, and what that makes of amounts."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import yaml

PRICES: Final = Path(__file__).with_name("prices.yaml")


def prices() -> Mapping[str, Any]:
    found: dict[str, Any] = yaml.safe_load(PRICES.read_text())
    return found


def bill(units: Mapping[str, float], table: Mapping[str, Any]) -> dict[str, float]:
    """US dollars by what is charged, dearest first. Raises KeyError for a unit without a price."""
    charged = {unit: amount * table["prices"][unit]["each"] for unit, amount in units.items() if amount}
    return dict(sorted(charged.items(), key=lambda each: -each[1]))


def total(units: Mapping[str, float], table: Mapping[str, Any]) -> float:
    """US dollars."""
    return sum(bill(units, table).values())
