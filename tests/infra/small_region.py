"""A small region without findings, which tests break in one place at a time."""

import json
from pathlib import Path

YAML = """\
region: small
name: {kk: Шағын, ru: Малый, en: Small}
number_prefix: SML
aws: {account: "111122223333", region: eu-central-1}
push: {fcm: {secret: small/fcm}}
time_zone: Asia/Almaty
calendar:
  country: KZ
  years: [2026, 2027]
  count_from: next_day
  hours: {opens: "09:00", closes: "18:30", breaks: [{from: "13:00", to: "14:30"}]}
  weekend: [saturday, sunday]
  moved_working: [2026-01-04]
  moved_off: [2026-01-05]
  short_days: {2026-12-31: "17:00"}
  kurban_ait: [2026-05-27]
geography: small.geojson
agencies:
  - id: city
    kind: akimat
    parent: oblast
    hours: {opens: "08:00", closes: "17:00"}
    contact_email: city@example.org
    name: {kk: Қала, ru: Город, en: City}
  - {id: east_akim, kind: district_akimat, parent: city, name: {kk: Шығыс, ru: Восток, en: East}}
  - {id: oblast, kind: akimat, parent: null, name: {kk: Облыс, ru: Область, en: Oblast}}
category_groups:
  - {id: danger, name: {kk: Қауіп, ru: Опасно, en: Danger}}
  - {id: town, name: {kk: Қала, ru: Город, en: Town}}
categories:
  - id: open_manhole
    group: danger
    icon: dangerous
    name: {kk: Ашық құдық, ru: Открытый люк, en: Open manhole}
    hint: {kk: Көрсет, ru: Покажи, en: Show}
    danger: true
    acknowledge_within: PT1H
    answer_within: PT4H
    escalation_terms: [PT2H, PT1H]
    reminder: PT30M
    responsible: {default: city}
    extension: {limit: PT8H, times: 1}
  - id: rubbish
    group: town
    icon: delete
    name: {kk: Қоқыс, ru: Мусор, en: Rubbish}
    danger: false
    acknowledge_within: PT4BH
    answer_within: P5BD
    escalation_terms: [P3BD, P2BD]
    max_photos: 3
    questions:
      - id: size
        text: {kk: Көлемі, ru: Размер, en: Size}
        kind: choice
        required: true
        choices:
          - {id: big, text: {kk: Үлкен, ru: Большой, en: Big}}
          - {id: small, text: {kk: Кіші, ru: Малый, en: Small}}
    responsible:
      districts:
        west: city
        east: east_akim
  - id: other
    group: town
    icon: more_horiz
    name: {kk: Басқа, ru: Другое, en: Something else}
    danger: false
    acknowledge_within: PT8BH
    answer_within: P15BD
    escalation_terms: [P7BD]
    responsible: {default: east_akim}
emergency_numbers:
  - {number: "112", name: {kk: Құтқару, ru: Спасение, en: Rescue}}
identity: {provider: cognito, email: no-reply@example.org}
terms: {forward_within: P3BD, close_after_answer: P10D,
  least_after_transfer: P1BD}
quiet_hours: {from: "22:00", to: "08:00"}
retention: {logs: P90D}
webhooks: {allow_http: false}
alarms: {email: [duty@example.org]}
"""

_NAME = "name: {kk: а, ru: б, en: c}"
WITH_TRIALS = (
    (
        "agencies:\n",
        f"agencies:\n  - {{id: operator, kind: department, parent: null, {_NAME}}}\n"
        f"  - {{id: trials, kind: department, parent: operator, {_NAME}}}\n",
    ),
    (
        "categories:\n",
        f"categories:\n  - {{id: trial, group: town, icon: monitor_heart, {_NAME}, danger: false,\n"
        "     acknowledge_within: null, answer_within: P2BD, escalation_terms: [P1BD], reminder: null,\n"
        "     responsible: {default: trials}}\n",
    ),
    ("alarms: {", "canary: null\nalarms: {"),
)
"""Edits that make room for a canary: a category, and a ladder of the operator's own."""

NAMES = {"kk": "Аты", "ru": "Имя", "en": "Name"}
WEST, MIDDLE, EAST, SOUTH, NORTH = 76.8, 76.9, 77.0, 52.2, 52.4


def box(west: float, south: float, east: float, north: float) -> list[list[float]]:
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def feature(kind: str, feature_id: str, *rings: list[list[float]]) -> dict:
    return {
        "type": "Feature",
        "properties": {"kind": kind, "id": feature_id, "name": NAMES},
        "geometry": {"type": "Polygon", "coordinates": list(rings)},
    }


def features() -> list[dict]:
    return [
        feature("boundary", "small", box(WEST, SOUTH, EAST, NORTH)),
        feature("district", "west", box(WEST, SOUTH, MIDDLE, NORTH)),
        feature("district", "east", box(MIDDLE, SOUTH, EAST, NORTH)),
    ]


def write(folder: Path, *, yaml: str = YAML, collection: object = None, name: str = "small") -> Path:
    """The region's files in `folder`; the path of the YAML file."""
    whole = {"type": "FeatureCollection", "features": features()} if collection is None else collection
    (folder / "small.geojson").write_text(json.dumps(whole, indent=1, ensure_ascii=False), encoding="utf-8")
    file = folder / f"{name}.yaml"
    file.write_text(yaml, encoding="utf-8")
    return file
