"""Dates and times as people and other systems write them; what could mean two days is refused."""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo

from engine.records.wrong import WrongValueError, half_width, shown

_DATE = re.compile(
    r"(?P<year>[0-9]{4})(?:(?P<mark>[-/.])(?P<month>[0-9]{1,2})(?P=mark)(?P<day>[0-9]{1,2})"
    r"|年(?P<month_>[0-9]{1,2})月(?P<day_>[0-9]{1,2})[日号]|(?P<month__>[0-9]{2})(?P<day__>[0-9]{2}))"
)
_TIME = re.compile(
    r"(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:[.,](?P<fraction>[0-9]{1,9}))?)?"
    r"\s*(?P<zone>Z|[+-][0-9]{2}:?[0-9]{2})?"
)
_EITHER_WAY = re.compile(r"[0-9]{1,2}[-/.][0-9]{1,2}[-/.](?:[0-9]{2}|[0-9]{4})\b.*")
_FIRST_YEAR, _LAST_YEAR = 1900, 2199


def parse_date(text: str, zone: tzinfo, tenant: tzinfo) -> date:
    """`2026-03-02`, `2026/3/2`, `2026.3.2`, `20260302`, `2026年3月2日`; with a time, the date it is in the tenant's zone."""
    day, clock = _parts(text)
    if clock is None or (clock.tzinfo is None and clock == time()):
        return day
    return _in_zone(datetime.combine(day, clock), zone, tenant).date()


def parse_datetime(text: str, zone: tzinfo, tenant: tzinfo) -> datetime:
    """A date with or without a time, in the tenant's zone; a time without a zone is the source's."""
    day, clock = _parts(text)
    return _in_zone(datetime.combine(day, clock or time()), zone, tenant)


def date_of(raw: date, zone: tzinfo, tenant: tzinfo) -> date:
    """The calendar date of a typed cell."""
    if not isinstance(raw, datetime):
        return raw
    if raw.tzinfo is None and raw.time() == time():
        return raw.date()
    return _in_zone(raw, zone, tenant).date()


def datetime_of(raw: date, zone: tzinfo, tenant: tzinfo) -> datetime:
    """The moment of a typed cell in the tenant's zone."""
    if not isinstance(raw, datetime):
        raw = datetime.combine(raw, time())
    return _in_zone(raw, zone, tenant)


def _in_zone(moment: datetime, zone: tzinfo, tenant: tzinfo) -> datetime:
    try:
        return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(tenant)
    except OverflowError:
        raise WrongValueError(f"时间 {shown(moment)} 超出范围", f"the time {shown(moment)} is out of range") from None


def _parts(text: str) -> tuple[date, time | None]:
    plain = half_width(text)
    found = _DATE.match(plain)
    if found is None:
        raise _refusal(text, plain)
    rest = plain[found.end() :]
    if not rest:
        return _day(text, found), None
    clock = _TIME.fullmatch(rest[1:].lstrip() if rest[0] in "Tt " else rest if found["day_"] else "")
    if clock is None:
        raise WrongValueError(
            f"时间 {shown(text)} 无法识别；请写成 2026-03-02 14:30",
            f"the time {shown(text)} cannot be read; write 2026-03-02 14:30",
        )
    return _day(text, found), _clock(text, clock)


def _day(text: str, found: re.Match[str]) -> date:
    month, day = found["month"] or found["month_"] or found["month__"], found["day"] or found["day_"] or found["day__"]
    year = int(found["year"])
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise WrongValueError(
            f"日期 {shown(text)} 的年份不在 {_FIRST_YEAR} 到 {_LAST_YEAR} 之间",
            f"the year of {shown(text)} is not between {_FIRST_YEAR} and {_LAST_YEAR}",
        )
    try:
        return date(year, int(month), int(day))
    except ValueError:
        raise WrongValueError(
            f"日历上没有 {shown(text)} 这一天；请写成 2026-03-02",
            f"there is no such day as {shown(text)}; write 2026-03-02",
        ) from None


def _clock(text: str, found: re.Match[str]) -> time:
    micro = int((found["fraction"] or "0")[:6].ljust(6, "0"))
    try:
        zone = _offset(found["zone"]) if found["zone"] else None
        return time(int(found["hour"]), int(found["minute"]), int(found["second"] or 0), micro, tzinfo=zone)
    except ValueError:
        raise WrongValueError(
            f"没有 {shown(text)} 这个时刻；请写成 2026-03-02 14:30",
            f"there is no such time as {shown(text)}; write 2026-03-02 14:30",
        ) from None


def _offset(text: str) -> tzinfo:
    if text == "Z":
        return UTC
    minutes = int(text[1:3]) * 60 + int(text[-2:])
    return timezone(timedelta(minutes=-minutes if text[0] == "-" else minutes))


def _refusal(text: str, plain: str) -> WrongValueError:
    if _EITHER_WAY.fullmatch(plain):
        return WrongValueError(
            f"日期 {shown(text)} 有歧义（日/月还是月/日？）；请写成 2026-03-02",
            f"the date {shown(text)} is ambiguous (day/month or month/day?); write 2026-03-02",
        )
    if re.fullmatch(r"[0-9]{5}(\.[0-9]+)?", plain):
        return WrongValueError(
            f"{shown(text)} 像是 Excel 的日期序号；请把该列的格式设为日期再导出",
            f"{shown(text)} looks like Excel's serial number of a date; format the column as a date and export again",
        )
    return WrongValueError(f"{shown(text)} 不是日期；请写成 2026-03-02", f"{shown(text)} is no date; write 2026-03-02")
