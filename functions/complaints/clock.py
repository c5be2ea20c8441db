"""Instants on the wire and in the tables: ISO 8601, UTC, milliseconds, `Z`; their text sorts as they do."""

from datetime import UTC, datetime, timedelta


def utc_now() -> datetime:
    """The present instant, aware, in UTC, cut to whole milliseconds as it will be stored."""
    return to_milliseconds(datetime.now(UTC))


def to_milliseconds(instant: datetime) -> datetime:
    """Cut what the wire format cannot carry, so that a value read back equals the value written."""
    return instant.replace(microsecond=instant.microsecond // 1000 * 1000)


def whole_second(instant: datetime) -> datetime:
    """The first whole second that is not before `instant`."""
    whole = instant.replace(microsecond=0)
    return whole if whole == instant else whole + timedelta(seconds=1)


def iso(instant: datetime) -> str:
    """`2026-03-03T04:05:06.789Z`; raises ValueError for an instant without a zone."""
    if instant.tzinfo is not UTC:
        if instant.tzinfo is None:
            raise ValueError("an instant needs a zone")
        instant = instant.astimezone(UTC)
    return instant.isoformat(timespec="milliseconds")[:-6] + "Z"


def parse_iso(text: str) -> datetime:
    """The instant that `iso` wrote, or any ISO 8601 instant; raises ValueError if there is no zone, or if it is
    outside the years 1 to 9999 in UTC.
    """
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError(f"an instant needs a zone: {text!r}")
    try:
        return instant.astimezone(UTC)
    except OverflowError as error:
        raise ValueError(f"an instant outside the calendar: {text!r}") from error


def iso_or_none(instant: datetime | None) -> str | None:
    return None if instant is None else iso(instant)


def parse_iso_or_none(text: str | None) -> datetime | None:
    return None if text is None else parse_iso(text)
