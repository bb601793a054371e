"""The kit of a process, renewed while it runs: a new map or calendar needs no restart.

Every process asks once a second which version is in force. A new one is read in a child process
and then takes the old one's place, all at once: a command that began under the old map ends under
it, because it holds on to the kit that it was given.
"""

import threading
import time
from dataclasses import replace
from typing import Final

import sqlalchemy as sa
import structlog
from sqlmodel import Session

from hotline.domain.errors import SetupError
from hotline.kit import Kit
from hotline.map_file.apart import parse_apart
from hotline.store import calendar as calendar_rows
from hotline.store import policy

log = structlog.get_logger(__name__)
EVERY_S: Final = 1.0


class InForce:
    """What a process decides by, now."""

    def __init__(self, engine: sa.Engine, kit: Kit, *, reads_demands: bool = True) -> None:
        """Begin with the kit that the process was started with.

        Args:
            engine: of this process.
            kit: as `boot.build_kit` made it.
            reads_demands: whether this process reads callers' words: the clock does not, and
                saves the memory that this takes.
        """
        self.engine = engine
        self._kit = kit
        self._reads_demands = reads_demands
        self._next = 0.0

    @property
    def kit(self) -> Kit:
        """The kit by which a command that begins now decides, to its end."""
        return self._kit

    def watch(self) -> None:
        """Ask once a second from now on, in a thread of its own; commands never wait for it."""
        threading.Thread(target=self._watch, name="policy", daemon=True).start()

    def _watch(self) -> None:
        while True:
            time.sleep(EVERY_S)
            self.refresh()

    def refresh(self) -> bool:
        """Take up a newer map or calendar before this returns, and say whether there was one."""
        now = self._now()
        if now is None:
            return False
        renewed = False
        if now.notice != self._kit.calendar.notice:
            self._read_calendar()
            renewed = True
        if now.version is not None and now.version != self._kit.maps.current.version:
            self._take_up(now.version)
            renewed = True
        return renewed

    def refresh_if_time(self) -> bool:
        """Do `refresh`, at most once a second: for a process that may have no threads."""
        now = time.monotonic()
        if now < self._next:
            return False
        self._next = now + EVERY_S
        return self.refresh()

    def _now(self) -> policy.InForceNow | None:
        try:
            return policy.in_force_now(self.engine)
        except (sa.exc.OperationalError, sa.exc.TimeoutError):
            # A database that is away has put nothing into force; whoever needs it will say so.
            return None

    def _read_calendar(self) -> None:
        with Session(self.engine) as session:
            calendar = calendar_rows.read(session, self._kit.maps.current.office)
        self._kit = replace(self._kit, calendar=calendar)
        log.info("calendar_in_force", notice=calendar.notice)

    def _take_up(self, version: str) -> None:
        try:
            with Session(self.engine) as session:
                router = self._kit.maps.read_apart(session, version, parse_apart)
        except SetupError:
            log.exception("policy_unreadable", version=version[:12])
            return
        if self._reads_demands:
            router.warm()
        maps = self._kit.maps.led_by(router)
        calendar = replace(self._kit.calendar, office=router.map.office)
        self._kit = replace(self._kit, maps=maps, calendar=calendar)
        log.info("policy_in_force", version=version[:12])
