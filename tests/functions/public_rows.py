"""Months of public records as their files have them, of random lives."""

import csv
import gzip
import io
from collections.abc import Iterable, Mapping, Sequence
from random import Random
from typing import IO, Any, Final

from functions.complaints.public_record import COLUMNS

AGENCIES: Final = tuple(f"body_{at}" for at in range(12))
CATEGORIES: Final = tuple(f"category_{at}" for at in range(20))
DISTRICTS: Final = (*(f"district_{at}" for at in range(6)), "")

type Record = Mapping[str, Any]


def random_record(random: Random, number: str, *, month: str = "2026-03") -> Record:
    """Any that may be, and some that may not: each field as its own chance has it."""
    day = random.randint(1, 28)
    submitted_at = f"{month}-{day:02}T{random.randint(0, 23):02}:{random.randint(0, 59):02}:00Z"
    updated_at = f"{month}-{random.randint(day, 28):02}T23:{random.randint(0, 59):02}:59Z"
    if random.random() < 0.02:
        return dict.fromkeys(COLUMNS, "") | {
            "number": number,
            "status": "hidden",
            "submitted_at": submitted_at,
            "updated_at": updated_at,
            "hidden_reason": "personal_data",
        }
    status = random.choice(("assigned", "acknowledged", "answered", "closed", "withdrawn"))
    level = random.choice((0, 0, 0, 0, 1, 1, 2, 3))
    stands = status in ("answered", "closed") and random.random() < 0.9
    overdue = status in ("assigned", "acknowledged") and random.random() < 0.3
    flag = lambda likely: "true" if random.random() < likely else "false"  # noqa: E731
    return {
        "number": number,
        "status": status,
        "category": random.choice(CATEGORIES),
        "district": random.choice(DISTRICTS),
        "lat": f"{random.uniform(52.2, 52.4):.4f}",
        "lon": f"{random.uniform(76.8, 77.1):.4f}",
        "place": random.choice(("exact", "rounded")),
        "agency": random.choices(AGENCIES, weights=[1 << (at // 2) for at in range(len(AGENCIES))])[0],
        "escalated_to": " ".join(random.sample(AGENCIES, min(level, 3))),
        "level": level,
        "joined": random.randint(0, 9),
        "submitted_at": submitted_at,
        "assigned_at": submitted_at,
        "acknowledge_by": submitted_at,
        "acknowledged_at": submitted_at,
        "due_at": updated_at,
        "answered_at": updated_at if stands else "",
        "outcome": random.choice(("done", "explained")) if stands else "",
        "ended_at": "",
        "overdue": "true" if overdue else "false",
        "missed_terms": level,
        "answered_in_time": flag(0.7) if stands else "",
        "confirmed": flag(0.5) if status == "closed" else "",
        "refuted": random.choice((0, 0, 0, 1, 2)),
        "extended": random.choice((0, 0, 0, 1)),
        "passed_on": random.choice((0, 0, 0, 1, 3)),
        "hours_to_acknowledge": "" if random.random() < 0.2 else f"{random.expovariate(0.1):.2f}",
        "hours_to_answer": f"{random.expovariate(0.02):.2f}" if stands else "",
        "proof": random.choice(("within_50", "within_200", "far", "unknown")) if stands else "",
        "proof_reused": flag(0.1) if stands else "",
        "photo": "",
        "updated_at": updated_at,
        "hidden_reason": "",
        "part_of": "",
        "parts": "",
    }


def write_rows(records: Iterable[Record], file: IO[bytes]) -> None:
    with gzip.GzipFile(fileobj=file, mode="wb", mtime=0, compresslevel=6) as packed:
        text = io.TextIOWrapper(packed, encoding="utf-8", newline="")
        rows = csv.writer(text, lineterminator="\n")
        rows.writerow(COLUMNS)
        rows.writerows([record[name] for name in COLUMNS] for record in records)
        text.flush()


def month_file(records: Sequence[Record]) -> bytes:
    file = io.BytesIO()
    write_rows(records, file)
    return file.getvalue()
