"""Where and when a photo says it was taken: a suggestion for the person, never a fact, never an exception.

Tag numbers and forms: Exif 3.0 (CIPA DC-008-2023), sections 4.6.5 (time) and 4.6.6 (GPS).
"""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo

ORIENTATION = 0x0112
EXIF_IFD = 0x8769
GPS_IFD = 0x8825

_DATE_TIME_ORIGINAL = 0x9003
_OFFSET_TIME_ORIGINAL = 0x9011

_GPS_LATITUDE_REF = 0x01
_GPS_LATITUDE = 0x02
_GPS_LONGITUDE_REF = 0x03
_GPS_LONGITUDE = 0x04
_GPS_TIME_STAMP = 0x07
_GPS_STATUS = 0x09
_GPS_DATE_STAMP = 0x1D
_GPS_POSITIONING_ERROR = 0x1F

_DATE_TIME = re.compile(r"(\d{4}):(\d\d):(\d\d) (\d\d):(\d\d):(\d\d)", re.ASCII)
_DATE = re.compile(r"(\d{4})[:-](\d\d)[:-](\d\d)", re.ASCII)
_OFFSET = re.compile(r"([+-])(\d\d):([0-5]\d)", re.ASCII)

# A camera whose clock was never set starts at 1970, 1980 or 1999.
_FIRST_PLAUSIBLE_YEAR = 2000


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """Of the photo's own data: `lat` and `lon` in degrees (WGS 84), both or neither, and by how many metres they may be
    wrong, where it says that; `taken_at` aware, UTC.
    """

    lat: float | None = None
    lon: float | None = None
    error_m: float | None = None
    taken_at: datetime | None = None


def suggest(
    *,
    exif: Mapping[int, object],
    gps: Mapping[int, object],
    zone: tzinfo | None = None,
    now: datetime | None = None,
) -> Suggestion | None:
    """The suggestion that an Exif and a GPS directory hold, None if they hold none. Raises nothing, whatever
    the values.

    `zone` is where a time without an offset is taken to have been read; without it such a time is left out.
    A time after `now` is left out too, for no photo was taken then.
    """
    place = _place(gps)
    taken_at = next((at for at in _times(exif=exif, gps=gps, zone=zone) if now is None or at <= now), None)
    if place is None and taken_at is None:
        return None
    lat, lon = place or (None, None)
    return Suggestion(lat=lat, lon=lon, error_m=_error(gps) if place else None, taken_at=taken_at)


def _place(gps: Mapping[int, object]) -> tuple[float, float] | None:
    if _text(gps.get(_GPS_STATUS)).upper() == "V":
        return None
    lat = _angle(gps.get(_GPS_LATITUDE), ref=gps.get(_GPS_LATITUDE_REF), positive="N", negative="S", most=90)
    lon = _angle(
        gps.get(_GPS_LONGITUDE), ref=gps.get(_GPS_LONGITUDE_REF), positive="E", negative="W", most=180
    )
    # Exactly 0, 0 is what receivers without a fix write.
    if lat is None or lon is None or (lat == 0 and lon == 0):
        return None
    return lat, lon


def _error(gps: Mapping[int, object]) -> float | None:
    """Metres (GPSHPositioningError)."""
    numbers = _numbers(gps.get(_GPS_POSITIONING_ERROR))
    return numbers[0] if numbers is not None and len(numbers) == 1 and numbers[0] >= 0 else None


def _angle(value: object, *, ref: object, positive: str, negative: str, most: int) -> float | None:
    """Degrees from degrees, minutes and seconds. Without the hemisphere it is no place, only a guess at
    one."""
    hemisphere = _text(ref).upper()
    if hemisphere not in (positive, negative):
        return None
    parts = _numbers(value)
    if parts is None or not 1 <= len(parts) <= 3:
        return None
    degrees, minutes, seconds = (*parts, 0.0, 0.0)[:3]
    if degrees < 0 or not 0 <= minutes <= 60 or not 0 <= seconds <= 60:
        return None
    angle = degrees + minutes / 60 + seconds / 3600
    if angle > most:
        return None
    return round(angle if hemisphere == positive else -angle, 6)


def _times(
    *, exif: Mapping[int, object], gps: Mapping[int, object], zone: tzinfo | None
) -> Iterator[datetime]:
    """The camera's clock if it says its offset, the satellites' (UTC), the camera's clock in `zone`: the best first."""
    clock = _DATE_TIME.fullmatch(_text(exif.get(_DATE_TIME_ORIGINAL)))
    offset = _offset(exif.get(_OFFSET_TIME_ORIGINAL))
    for time in (_moment(clock, offset), _gps_time(gps), _moment(clock, zone)):
        if time is not None:
            yield time


def _gps_time(gps: Mapping[int, object]) -> datetime | None:
    date = _moment(_DATE.fullmatch(_text(gps.get(_GPS_DATE_STAMP))), UTC)
    time = _numbers(gps.get(_GPS_TIME_STAMP))
    if date is None or time is None or len(time) != 3:
        return None
    hours, minutes, seconds = time
    if not (0 <= hours < 24 and 0 <= minutes < 60 and 0 <= seconds <= 60):
        return None
    try:
        return date + timedelta(hours=hours, minutes=minutes, seconds=int(seconds))
    except OverflowError:
        return None


def _moment(match: re.Match[str] | None, zone: tzinfo | None) -> datetime | None:
    """The moment, in UTC, that matched digits mean in `zone`. None if there is none."""
    if match is None or zone is None:
        return None
    year, month, day, hour, minute, second = (*(int(part) for part in match.groups()), 0, 0, 0)[:6]
    if year < _FIRST_PLAUSIBLE_YEAR:
        return None
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _offset(value: object) -> timezone | None:
    match = _OFFSET.fullmatch(_text(value))
    if match is None:
        return None
    length = timedelta(hours=int(match[2]), minutes=int(match[3]))
    # The widest offset in use is +14:00 (IANA time zone database, Pacific/Kiritimati).
    if length > timedelta(hours=14):
        return None
    return timezone(length if match[1] == "+" else -length)


def _text(value: object) -> str:
    if isinstance(value, bytes):
        value = value.decode("ascii", "replace")
    return value.strip("\0 ") if isinstance(value, str) else ""


def _numbers(value: object) -> tuple[float, ...] | None:
    """Finite numbers from one number or several, None if any of them is not one (0/0 and 1/0 are not)."""
    parts = tuple(_number(part) for part in (value if isinstance(value, tuple | list) else (value,)))
    numbers = tuple(part for part in parts if part is not None)
    return numbers if len(numbers) == len(parts) else None


def _number(value: object) -> float | None:
    if value is None or isinstance(value, str | bytes | bool):
        return None
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, ZeroDivisionError, OverflowError):
        return None
    return number if math.isfinite(number) else None
