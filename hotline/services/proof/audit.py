"""Seal the ledger with signed roots, and prove that nobody changed it since.

A root covers the end of every chain that changed since the root before, and the log of who looked
at identities. It is signed, stored with what it covers, and exported as a file of its own: keep
copies of these files elsewhere, for they are what shows a cut-off tail or a rebuilt chain.
"""

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlmodel import Session

from hotline.domain import ledger
from hotline.domain.errors import NotFoundError
from hotline.domain.ledger import Head
from hotline.domain.proof import Break, breaks
from hotline.keys import verifies
from hotline.store import ledger as rows
from hotline.store.models.proofs import LedgerRoot
from hotline.work import Work

# Bounds the memory of a seal and the time for which its tickets are locked.
MOST_HEADS: Final = 5_000
_CHAINS_AT_ONCE: Final = 200
_HEADS_AT_ONCE: Final = 1_000
# A ledger that is broken throughout is not listed to its end.
_MOST_FAULTS: Final = 1_000


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found of one ticket: how many events, its head, and where it is broken."""

    events: int
    head: str
    broken: tuple[Break, ...]
    rooted: rows.Rooted | None

    @property
    def whole(self) -> bool:
        """Whether nothing is broken."""
        return not self.broken


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of the ledger: a ticket's number or ``root N``, the event, and what is wrong.

    Of a root: ``unsigned``, ``previous``, ``missing``, ``not_exported``, ``differs`` (the file and
    the database disagree), ``views`` (the access log was changed), ``unreadable``.
    Of a ticket, besides the words of `Break`: ``gone``: a root covers it, it is not there.
    """

    where: str
    seq: int | None
    what: str


@dataclass(frozen=True, slots=True)
class Report:
    """What `verify_all` went through and what it found; ``faults`` are at most 1,000."""

    tickets: int
    events: int
    roots: int
    views: int
    faults: tuple[Fault, ...]

    @property
    def whole(self) -> bool:
        """Whether nothing is broken."""
        return not self.faults


# --- sealing ------------------------------------------------------------------------------------


def seal(work: Work) -> LedgerRoot | None:
    """Make the next root over at most 5,000 heads; ``None`` when nothing is new.

    `export` writes its file once this work has been committed.
    """
    rows.take_turn(work.session)
    heads = rows.unrooted(work.session, MOST_HEADS)
    views = rows.unsealed_views(work.session, MOST_HEADS)
    if not heads and not views:
        return None
    last = rows.last_root(work.session)
    made = LedgerRoot(
        number=last.number + 1 if last else 1,
        at=work.now,
        previous=last.root if last else ledger.GENESIS,
        heads=len(heads),
        views=len(views),
        views_hash=ledger.viewed(last.views_hash if last else ledger.GENESIS, views),
        root="",
        signature="",
    )
    made.root = _root(made, heads)
    made.signature = work.kit.keys.sign(made.root)
    rows.add_root(work.session, made, heads, views)
    return made


def export(work: Work, roots_dir: Path) -> list[Path]:
    """Write the file of every root that has none yet, each one whole or not at all.

    A crash between a root and its file is healed by the next call: the rows hold everything.
    """
    roots_dir.mkdir(parents=True, exist_ok=True)
    written = []
    for root in rows.roots(work.session):
        path = path_of(roots_dir, root.number)
        if not path.exists():
            heads = rows.heads_of_root(work.session, root.number)
            _write(path, _document(root, heads, work.kit.keys.public_key))
            written.append(path)
    return written


def seal_and_export(
    open_work: Callable[[], AbstractContextManager[Work]], roots_dir: Path
) -> list[LedgerRoot]:
    """Seal everything that is new and export it; return the roots that were made.

    Args:
        open_work: opens work as the system; each root is a transaction of its own.
        roots_dir: where the files of the roots stand.
    """
    made = []
    while True:
        with open_work() as work:
            root = seal(work)
        if root is None:
            break
        made.append(root)
    with open_work() as work:
        export(work, roots_dir)
    return made


def path_of(roots_dir: Path, number: int) -> Path:
    """Return where the file of a root stands."""
    return roots_dir / f"root-{number:06d}.json"


def _root(row: LedgerRoot, heads: list[Head]) -> str:
    return ledger.root(
        row.number,
        at=row.at,
        previous=row.previous,
        heads=heads,
        views=row.views,
        views_hash=row.views_hash,
    )


def _document(root: LedgerRoot, heads: list[Head], public_key: str) -> dict[str, object]:
    return {
        "number": root.number,
        "at": ledger.instant(root.at),
        "previous": root.previous,
        "heads": [list(head) for head in heads],
        "views": root.views,
        "views_hash": root.views_hash,
        "root": root.root,
        "signature": root.signature,
        "public_key": public_key,
    }


def _write(path: Path, document: Mapping[str, object]) -> None:
    draft = path.with_name(f"{path.name}.{os.getpid()}.draft")
    with draft.open("w", encoding="utf-8") as file:
        json.dump(document, file, ensure_ascii=False, indent=1)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


# --- verifying ----------------------------------------------------------------------------------


def verify_ticket(session: Session, ticket_id: UUID) -> Verdict:
    """Recompute the chain of one ticket, and compare it with the roots that cover it.

    Raises:
        NotFoundError: no such ticket.
    """
    chain = rows.chain(session, ticket_id)
    if chain is None:
        raise NotFoundError(what="ticket")
    covering = rows.rooted(session, ticket_id)
    ends = [found.head for found in covering]
    return Verdict(
        events=len(chain.events),
        head=chain.head.hash,
        broken=breaks(chain.head, chain.events, chain.texts, ends),
        rooted=covering[-1] if covering else None,
    )


def verify_all(session: Session, roots_dir: Path, public_key: str) -> Report:
    """Verify every chain, every root, and every exported file, in bounded memory.

    Args:
        session: fresh; everything is read as of one moment while the hotline goes on.
        roots_dir: the folder of the exported files, or of trusted copies of them.
        public_key: whose signature counts, in hexadecimal; never the one a file names.
    """
    session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    counts = {"tickets": 0, "events": 0}
    chain_faults = islice(_every_chain(session, counts), _MOST_FAULTS)
    faults = [*chain_faults]
    stored = {root.number: root for root in rows.roots(session)}
    faults += islice(_every_root(session, stored, public_key), _MOST_FAULTS)
    faults += islice(_every_file(session, stored, roots_dir, public_key), _MOST_FAULTS)
    return Report(
        tickets=counts["tickets"],
        events=counts["events"],
        roots=len(stored),
        views=sum(root.views for root in stored.values()),
        faults=tuple(dict.fromkeys(faults)),
    )


def _every_chain(session: Session, counts: dict[str, int]) -> Iterator[Fault]:
    after = UUID(int=0)
    while batch := rows.chains_after(session, after, _CHAINS_AT_ONCE):
        after = batch[-1].ticket_id
        for chain in batch:
            counts["tickets"] += 1
            counts["events"] += len(chain.events)
            for found in breaks(chain.head, chain.events, chain.texts):
                yield Fault(chain.number, found.seq, found.what)
        session.expunge_all()


def _every_root(
    session: Session, stored: Mapping[int, LedgerRoot], public_key: str
) -> Iterator[Fault]:
    """Check the roots in the database, each behind the one before."""
    behind = START
    for root in stored.values():
        yield from root_faults(session, root, behind, public_key)
        behind = Behind(root.number, root.root, root.views_hash)
        session.expunge_all()


class Behind(NamedTuple):
    """The root that another one stands behind: its number, and what it said."""

    number: int
    root: str
    views_hash: str


START: Final = Behind(0, ledger.GENESIS, ledger.GENESIS)


def root_faults(
    session: Session, root: LedgerRoot, behind: Behind, public_key: str
) -> Iterator[Fault]:
    """Check one root in the database: signed, in its row, and true of what it covers."""
    where = f"root {root.number}"
    if root.number != behind.number + 1 or root.previous != behind.root:
        yield Fault(where, None, "previous")
    heads = rows.heads_of_root(session, root.number)
    if _root(root, heads) != root.root or not verifies(public_key, root.root, root.signature):
        yield Fault(where, None, "unsigned")
    views = rows.views_of_root(session, root.number)
    if ledger.viewed(behind.views_hash, views) != root.views_hash:
        yield Fault(where, None, "views")
    yield from _covered(session, heads)


def _every_file(
    session: Session, stored: Mapping[int, LedgerRoot], roots_dir: Path, public_key: str
) -> Iterator[Fault]:
    """Check the exported files: they speak for what the database held when they were written."""
    exported = set()
    for path in files_of(roots_dir):
        faults = list(file_faults(session, path, stored, public_key))
        yield from faults
        if not any(fault.what == "unreadable" for fault in faults):
            exported.add(path)
    for number in stored:
        if path_of(roots_dir, number) not in exported:
            yield Fault(f"root {number}", None, "not_exported")


def files_of(roots_dir: Path) -> list[Path]:
    """Return the exported files, in the order of their roots."""
    return sorted(roots_dir.glob("root-*.json")) if roots_dir.is_dir() else []


def file_faults(
    session: Session, path: Path, stored: Mapping[int, LedgerRoot], public_key: str
) -> Iterator[Fault]:
    """Check one exported file: signed, the same as its root, and true of what it covers."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        number, heads = int(document["number"]), [Head(*head) for head in document["heads"]]
        signed = _file_is_signed(document, heads, public_key)
    except (ValueError, KeyError, TypeError):
        yield Fault(path.name, None, "unreadable")
        return
    where = f"root {number}"
    if not signed:
        yield Fault(where, None, "unsigned")
        return
    if number not in stored:
        yield Fault(where, None, "missing")
    elif stored[number].root != document["root"]:
        yield Fault(where, None, "differs")
    yield from _covered(session, heads)


def _file_is_signed(document: Mapping[str, Any], heads: list[Head], public_key: str) -> bool:
    root = ledger.root(
        int(document["number"]),
        at=datetime.fromisoformat(str(document["at"])),
        previous=str(document["previous"]),
        heads=heads,
        views=int(document["views"]),
        views_hash=str(document["views_hash"]),
    )
    return root == document["root"] and verifies(public_key, root, str(document["signature"]))


def _covered(session: Session, heads: list[Head]) -> Iterator[Fault]:
    """Check that every head a root covers is still in its ticket's chain."""
    for start in range(0, len(heads), _HEADS_AT_ONCE):
        batch = heads[start : start + _HEADS_AT_ONCE]
        found = rows.hashes(session, batch)
        numbers = rows.numbers(session, [head.ticket for head in batch])
        for head in batch:
            if found.get((head.ticket, head.seq)) == head.hash:
                continue
            what = "root" if head.ticket in numbers else "gone"
            yield Fault(numbers.get(head.ticket, head.ticket), head.seq, what)
