"""Verify the whole ledger for a supervisor, piece by piece: `hotline audit verify` from a page.

A page asks, a worker carries it out; each piece is one transaction, so that a check of a million
tickets outlives any worker. Pieces see different moments; what a ticket does meanwhile only makes
its chain longer. Roots that are made after the question are left for the next one.
"""

from itertools import islice
from pathlib import Path
from typing import Final
from uuid import UUID

from hotline.domain.proof import breaks
from hotline.services.proof import audit
from hotline.services.proof.audit import Behind, Fault
from hotline.store import checks
from hotline.store import ledger as ledger_rows
from hotline.store.models.proofs import LedgerCheck
from hotline.work import Work

CHAINS: Final = 500
# A ledger that is broken throughout is not listed to its end.
_MOST_FAULTS: Final = 1_000
_BEGINNING: Final = UUID(int=0)


def ask(work: Work) -> LedgerCheck:
    """Ask for a check; one that is under way is the answer to whoever asks meanwhile."""
    checks.take_turn(work.session)
    found = checks.under_way(work.session)
    if found is None:
        found = LedgerCheck(asked_by=work.actor.staff_id, asked_at=work.now)
        work.session.add(found)
    return found


def go_on(work: Work, roots_dir: Path, public_key: str, chains: int = CHAINS) -> bool:
    """Check the next piece.

    Args:
        work: the worker's.
        roots_dir: where the exported files stand.
        public_key: whose signature counts.
        chains: how many tickets a piece is.

    Returns:
        Whether more is left.
    """
    found = checks.take(work.session)
    if found is None:
        return False
    if found.after_root is None:
        _chains(work, found, chains)
    elif not _root(work, found, roots_dir, public_key):
        _files(work, found, roots_dir, public_key)
        found.ended_at = work.now
    work.session.add(found)
    return found.ended_at is None


def _chains(work: Work, found: LedgerCheck, size: int) -> None:
    batch = ledger_rows.chains_after(work.session, found.after_ticket or _BEGINNING, size)
    for chain in batch:
        found.tickets += 1
        found.events += len(chain.events)
        broken = breaks(chain.head, chain.events, chain.texts)
        _note(found, [Fault(chain.number, one.seq, one.what) for one in broken])
    if batch:
        found.after_ticket = batch[-1].ticket_id
    else:
        found.after_root, found.previous, found.views_hash = audit.START


def _root(work: Work, found: LedgerCheck, roots_dir: Path, public_key: str) -> bool:
    """Check the next root and its file; return whether there was one."""
    number, said = found.after_root or 0, (found.previous or "", found.views_hash or "")
    root = checks.root_after(work.session, number, found.asked_at)
    if root is None:
        return False
    path = audit.path_of(roots_dir, root.number)
    faults = [*audit.root_faults(work.session, root, Behind(number, *said), public_key)]
    if path.exists():
        faults += audit.file_faults(work.session, path, {root.number: root}, public_key)
    else:
        faults.append(Fault(f"root {root.number}", None, "not_exported"))
    _note(found, faults)
    found.roots, found.views = found.roots + 1, found.views + root.views
    found.after_root, found.previous, found.views_hash = root.number, root.root, root.views_hash
    return True


def _files(work: Work, found: LedgerCheck, roots_dir: Path, public_key: str) -> None:
    """Check the files whose roots are gone."""
    files = audit.files_of(roots_dir)
    stored = {root.number: root for root in ledger_rows.roots(work.session)}
    known = {audit.path_of(roots_dir, number) for number in stored}
    for path in files:
        if path not in known:
            _note(found, [*audit.file_faults(work.session, path, stored, public_key)])


def _note(found: LedgerCheck, faults: list[Fault]) -> None:
    """Add faults that are not known yet; the row holds what JSON can."""
    known = {tuple(fault) for fault in found.faults}
    fresh = [(fault.where, fault.seq, fault.what) for fault in faults]
    new = [fault for fault in dict.fromkeys(fresh) if fault not in known]
    if new:
        room = _MOST_FAULTS - len(found.faults)
        found.faults = [*found.faults, *(list(fault) for fault in islice(new, max(0, room)))]


def last(work: Work, *, limit: int = 10) -> list[LedgerCheck]:
    """Return the newest checks."""
    return checks.newest(work.session, limit)
