"""Jinja filters: instants, spans, numbers and telephone numbers as people read them.

Instants are aware datetimes and are shown in the county's zone (Asia/Shanghai), whoever looks.
"""

from datetime import datetime, timedelta

from flask import Flask

from hotline.clock import COUNTY_ZONE
from hotline.web.i18n import gettext as _
from hotline.web.i18n import listed


def init_app(app: Flask) -> None:
    """Make every filter of this module known to the templates of ``app``."""
    app.jinja_env.filters.update(
        clock=clock,
        day=day,
        duration=duration,
        filesize=filesize,
        grouped=grouped,
        iso=iso,
        listed=listed,
        masked=masked,
        moment=moment,
        second=second,
    )


def _local(at: datetime) -> datetime:
    """Return ``at`` on the county's clocks.

    Raises:
        ValueError: ``at`` has no zone; a guess would move a limit by hours.
    """
    if at.tzinfo is None:
        raise ValueError("an instant without a zone")
    return at.astimezone(COUNTY_ZONE)


def iso(at: datetime) -> str:
    """Return ``at`` for a ``datetime`` attribute: county time, with its offset."""
    return _local(at).isoformat(timespec="seconds")


def day(at: datetime) -> str:
    """Return the day, such as 2026-11-21: the same in both languages."""
    return _local(at).strftime("%Y-%m-%d")


def clock(at: datetime) -> str:
    """Return hours and minutes, such as 02:05."""
    return _local(at).strftime("%H:%M")


def moment(at: datetime) -> str:
    """Return day and minute, such as 2026-11-21 02:05."""
    return _local(at).strftime("%Y-%m-%d %H:%M")


def second(at: datetime) -> str:
    """Return day and second, for pages that serve as evidence: 2026-11-21 02:05:09."""
    return _local(at).strftime("%Y-%m-%d %H:%M:%S")


def duration(span: timedelta) -> str:
    """Return the length of ``span`` in words, with its two largest parts; the sign is dropped.

    Whole minutes are cut off, never rounded up: nobody is told of a minute that is not there.
    """
    minutes = int(abs(span).total_seconds()) // 60
    days, rest = divmod(minutes, 24 * 60)
    hours, minutes = divmod(rest, 60)
    if days:
        return _("%(days)s 天 %(hours)s 小时", days=days, hours=hours)
    if hours:
        return _("%(hours)s 小时 %(minutes)s 分", hours=hours, minutes=minutes)
    if minutes:
        return _("%(minutes)s 分钟", minutes=minutes)
    return _("不到 1 分钟")


def grouped(number: str) -> str:
    """Return a ticket number as it is read to callers: in groups of four digits."""
    return " ".join(number[at : at + 4] for at in range(0, len(number), 4))


def masked(phone: str) -> str:
    """Return a telephone number with its middle hidden; short ones are hidden but for the end."""
    if len(phone) < len("0241234567"):
        return "*" * max(len(phone) - 2, 0) + phone[-2:]
    return phone[:-8] + "****" + phone[-4:]


def filesize(size: int) -> str:
    """Return a number of bytes in kB or MB (powers of ten)."""
    if size < 10**6:
        return f"{max(size // 1000, 1)} kB"
    return f"{size / 10**6:.1f} MB"
