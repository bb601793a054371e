"""Which limits must be running for a ticket as it stands: what the auditor compares with the rows.

Pure: where a ticket stands and the policy that decided for it come in, what must be running comes
out. Every command sets its limits by itself (`hotline.services.handling.timing`); this says the
same a second time, in another way, so that a limit which was lost by any fault is found and set
again.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from hotline.domain.supervision import Alert
from hotline.domain.suspicion.frame import FlagState
from hotline.domain.tickets import CLOCK, ENDS, PENDING, UNACCEPTED, Status, Step
from hotline.domain.whistle import BEHIND, PartyState

WARNINGS: Final = frozenset({Step.EARLY, Step.YELLOW})
WHISTLE: Final = frozenset({Step.WHISTLE_ACK, Step.WHISTLE_ARRIVE, Step.WHISTLE_TOP})
ENTRY: Final = frozenset({Step.WARN_ENTRY, Step.RULE_ENTRY})
# All that runs for a test demand of our own: nobody is late with what nobody was told of.
OF_TESTS: Final = frozenset({Step.PROBE, Step.COME_BACK})
_IN_HAND: Final = frozenset({Status.HANDLING, *PENDING})
_OWES_CONTACT: Final = frozenset(
    {Status.DISPATCHED, Status.DISPUTED, Status.ADJUDICATION, Status.LONG_TERM, *_IN_HAND}
)
_FLAG_STEPS: Final[Mapping[FlagState, Step]] = {
    FlagState.ASKED: Step.ANSWER_FLAG,
    FlagState.ANSWERED: Step.RULE_FLAG,
    FlagState.UNANSWERED: Step.RULE_FLAG,
}
# The status in which each of these steps has anything to say; other steps look for themselves.
_BELONGS: Final[Mapping[Step, frozenset[Status]]] = {
    **{step: frozenset({status}) for status, step in CLOCK.items()},
    Step.HANDLE: _IN_HAND,
    Step.CONTACT: _OWES_CONTACT,
    **dict.fromkeys((*sorted(WARNINGS), Step.CIRCULATE), _IN_HAND),
    Step.REACT: UNACCEPTED,
    Step.REOPEN: frozenset({Status.MERGED}),
    **dict.fromkeys((Step.LONG_TERM, Step.MILESTONE), frozenset({Status.LONG_TERM})),
}


class Party(NamedTuple):
    """A unit that an open whistle calls; ``exhausted``: the last rung was reminded often enough."""

    id: UUID
    state: PartyState
    exhausted: bool


@dataclass(frozen=True, slots=True)
class Question:
    """What the caller is being asked: how often it was put, and the answer, if there is one."""

    tries: int
    solved: bool | None


class Owed(NamedTuple):
    """Something of the ticket that somebody still has to do; ``due``: by when, or since when."""

    subject: UUID
    step: Step
    due: datetime


@dataclass(frozen=True, slots=True)
class Chain:
    """What a ticket's limits depend on, and which limits have ended by themselves.

    Attributes:
        id: the ticket.
        contacted: somebody has spoken with the caller.
        submitted: a result was claimed since the dispatch: the first contact is no longer owed.
        anonymous: nobody can be rung.
        at_window: it came in at a window, where somebody must take it up.
        lead_done: the ticket that carries it has claimed a result.
        question: the newest question to the caller.
        parties: the units of open whistles.
        flags: the flags that nobody has ruled on.
        gaps: what is still missing.
        owed: what whistles, plans, bad ratings, entries, lots and test demands still wait for.
        done: limits that run once and have had their turn, by subject: a first contact that was
            due since the dispatch, what a window or a promise was reminded of or spared.
        synthetic: a test demand of our own.
    """

    id: UUID
    status: Status
    alert: Alert = Alert.NONE
    dispatched_at: datetime | None = None
    contacted: bool = False
    submitted: bool = False
    anonymous: bool = False
    at_window: bool = False
    lead_done: bool = False
    question: Question | None = None
    parties: tuple[Party, ...] = ()
    flags: tuple[tuple[UUID, FlagState], ...] = ()
    gaps: tuple[UUID, ...] = ()
    owed: tuple[Owed, ...] = ()
    done: frozenset[tuple[UUID, Step]] = frozenset()
    synthetic: bool = False


@dataclass(frozen=True, slots=True)
class Policy:
    """What the map that decided says about the limits themselves."""

    attempts: int
    warns: bool
    names: bool


class Need(NamedTuple):
    """One of these limits must be running for a subject."""

    subject: UUID
    steps: frozenset[Step]


def belongs(step: Step, status: Status) -> bool:
    """Whether a step can still mean anything for a ticket in ``status``: a late one does not."""
    return step not in _BELONGS or status in _BELONGS[step]


def expected(chain: Chain, policy: Policy) -> frozenset[Need]:
    """Return every limit that must be running."""
    if chain.synthetic:
        return frozenset(need for need in _owed(chain) if need.steps <= OF_TESTS)
    return frozenset((*_course(chain, policy), *_beside(chain)))


def missing(chain: Chain, policy: Policy, running: frozenset[tuple[UUID, Step]]) -> frozenset[Need]:
    """Return what must be running and is not: nothing, in health."""
    return frozenset(
        need
        for need in expected(chain, policy)
        if not any((need.subject, step) in running for step in need.steps)
    )


def _course(chain: Chain, policy: Policy) -> Iterator[Need]:
    if chain.status in CLOCK:
        yield _one(chain.id, CLOCK[chain.status])
    if chain.status in _IN_HAND:
        yield from _result(chain, policy)
    if _owes_contact(chain):
        yield _one(chain.id, Step.CONTACT)
    if chain.at_window and chain.status in UNACCEPTED and (chain.id, Step.REACT) not in chain.done:
        yield _one(chain.id, Step.REACT)
    if chain.question is not None:
        yield from _asked(chain, chain.question, policy)


def _result(chain: Chain, policy: Policy) -> Iterator[Need]:
    yield _one(chain.id, Step.HANDLE)
    if policy.warns and chain.alert < Alert.YELLOW:
        yield Need(chain.id, WARNINGS)
    if policy.names and Alert.RED <= chain.alert < Alert.CIRCULATED:
        yield _one(chain.id, Step.CIRCULATE)


def _asked(chain: Chain, question: Question, policy: Policy) -> Iterator[Need]:
    most = 1 if chain.anonymous else policy.attempts
    if chain.status is Status.REVISIT and question.solved is None and question.tries < most:
        yield _one(chain.id, Step.ASK)
    if chain.status is Status.MERGED and chain.lead_done and question.solved is False:
        yield _one(chain.id, Step.REOPEN)


def _owes_contact(chain: Chain) -> bool:
    settled = chain.contacted or chain.submitted or chain.anonymous
    if settled or chain.status not in _OWES_CONTACT or chain.dispatched_at is None:
        return False
    return (chain.id, Step.CONTACT) not in chain.done


def _beside(chain: Chain) -> Iterator[Need]:
    for party in chain.parties:
        if party.state in BEHIND and not party.exhausted:
            yield Need(party.id, WHISTLE)
    yield from (_one(flag, _FLAG_STEPS[state]) for flag, state in chain.flags if _live(state))
    yield from _owed(chain)
    if chain.status not in ENDS:
        yield from (_one(gap, Step.GAP) for gap in chain.gaps if (gap, Step.GAP) not in chain.done)


def _owed(chain: Chain) -> Iterator[Need]:
    for owed in chain.owed:
        if owed.step in ENTRY:
            yield Need(owed.subject, ENTRY)
        elif belongs(owed.step, chain.status):
            yield _one(owed.subject, owed.step)


def _live(state: FlagState) -> bool:
    return state in _FLAG_STEPS


def _one(subject: UUID, step: Step) -> Need:
    return Need(subject, frozenset({step}))
