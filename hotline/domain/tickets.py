"""The life of a ticket (工单) as one table: who may do what in which status.

Built from the published rules (docs/rules.md §2, §3). Only transitions that have a page, an actor
and a limit stand here; what a later stage needs is added with its page.
"""

from collections.abc import Mapping
from enum import IntEnum, StrEnum
from typing import Final, NamedTuple

from hotline.domain.errors import NotAllowedError, WrongStatusError


class Status(StrEnum):
    """Where a ticket stands. Values are stored."""

    TRIAGE = "triage"
    MERGED = "merged"  # 并案: another ticket, its lead, carries the handling
    DISPATCHED = "dispatched"
    DISPUTED = "disputed"
    ADJUDICATION = "adjudication"  # 确责: the panel hears the units and rules whose job it is
    HANDLING = "handling"
    EXTENSION_PENDING = "extension_pending"
    LONG_TERM_PENDING = "long_term_pending"
    LONG_TERM = "long_term"  # 挂账: by a plan with milestones; open, and never counted as closed
    FINAL_PENDING = "final_pending"
    FINAL_REPLIED = "final_replied"  # 最终答复: signed; the caller may appeal once
    APPEALED = "appealed"
    REVISIT = "revisit"
    REJECT_PENDING = "reject_pending"
    ANSWERED = "answered"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    UNREACHED = "unreached"  # rung back as often as the map says, and never reached
    ARCHIVED = "archived"
    ARCHIVED_UNVERIFIED = "archived_unverified"
    ARCHIVED_FINAL = "archived_final"  # by a final reply, against the caller's word


class Role(StrEnum):
    """In which capacity somebody acts. Values are stored."""

    CITIZEN = "citizen"
    OPERATOR = "operator"
    OFFICER = "officer"
    UNIT = "unit"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"
    OBSERVER = "observer"  # 监督员: looks, and does nothing
    SYSTEM = "system"


class Shield(StrEnum):
    """How far a caller wished to stay unknown. Values are stored."""

    CONFIDENTIAL = "confidential"  # the hotline knows who it is, and nobody else
    ANONYMOUS = "anonymous"  # no number and no name is kept


class Action(StrEnum):
    """What can happen to a ticket. Values are stored and hashed: never renamed."""

    RECEIVE = "receive"  # 受理: the first event of every ticket
    ADD = "add"  # the citizen says more
    LOCATE = "locate"  # the citizen or an operator names the place or the class
    DISPATCH = "dispatch"  # 派单
    ANSWER = "answer"  # answered on the spot
    INFORM = "inform"  # 一次性告知: everything that is missing was told together
    MERGE = "merge"  # 并案: the same event as another ticket, which leads from here on
    UNMERGE = "unmerge"  # taken out again: it was another event after all
    GATHER = "gather"  # on the lead: tickets were merged into it
    RELEASE = "release"  # on the lead: one was taken out again
    CARRY = "carry"  # the lead's result is put to a merged ticket's own caller
    REOPEN = "reopen"  # on the lead: the caller of a merged ticket says: not solved
    ACCEPT = "accept"  # 签收
    CONTACT = "contact"  # somebody spoke with the caller
    CHECK_IN = "check_in"  # on site, with a position
    NOTE = "note"
    RETURN = "return"  # 退单, with proof
    UPHOLD = "uphold"  # the return was right
    OVERTURN = "overturn"  # the return was wrong
    ADJUDICATE = "adjudicate"  # a second dispute, or a third unit: the panel has it
    STATE = "state"  # a unit's own statement for the hearing
    HEAR = "hear"  # the panel has heard somebody
    RULE_DUTY = "rule_duty"  # 确责裁定: binding, names the lead unit and its helpers
    PROPOSE_ENTRY = "propose_entry"  # the ruling is to become an entry of the catalogue
    APPROVE_ENTRY = "approve_entry"  # by somebody else than its proposer
    DECLINE_ENTRY = "decline_entry"
    WHISTLE = "whistle"  # 吹哨
    ACKNOWLEDGE = "acknowledge"  # a unit has heard the whistle
    ARRIVE = "arrive"  # 报到: a named person stands on site
    FINISH = "finish"  # the unit's part is done
    REFUSE = "refuse"  # the unit refuses, with a reason
    END_WHISTLE = "end_whistle"  # the whistler ends it: its kind's rule is fulfilled
    ASK_WHISTLE = "ask_whistle"  # whoever may not blow a kind asks somebody who may
    DECLINE_WHISTLE = "decline_whistle"  # and that one does not, with a reason
    EXPIRE = "expire"  # acknowledged and not come: it counts for nothing and sounds again
    EXCUSE = "excuse"  # a called unit need not come (any more), with the reason
    DANGER_GONE = "danger_gone"  # 险情解除: from now on units may leave
    RECORD_ACT = "record_act"  # what was done with the powers of the units on site
    WHISTLE_PLAN = "whistle_plan"  # the lead unit's plan with its milestones
    CHANGE_WHISTLE_PLAN = "change_whistle_plan"  # a line of it, with the reason; both are kept
    MEET_MILESTONE = "meet_milestone"
    RATE_UNIT = "rate_unit"  # the whistler rates a called unit
    RATE_WHISTLE = "rate_whistle"  # a called unit rates the whistle
    CLIMB = "climb"  # 逐级化解: the next rung is told
    REMIND = "remind"  # a limit has passed and its owner was told
    ALARM = "alarm"  # danger words, or a supervisor's entry
    SUBMIT = "submit"  # a claim of closure, typed, with proof
    ASK = "ask"  # the caller is asked whether it is true
    CONFIRM = "confirm"  # the caller says: solved
    DENY = "deny"  # the caller says: not solved
    RATE = "rate"  # the caller's grade
    INVITE = "invite"  # the caller is asked for a grade, by a one-time way to give it
    REFUSE_GRADE = "refuse_grade"  # a grade came that may not count
    BAD_RATING = "bad_rating"  # 差评: its own clock starts
    CALL_BACK = "call_back"  # somebody outside the handling rings the dissatisfied caller
    MEND = "mend"  # 整改: the unit says what it has put right
    END_BAD = "end_bad"  # the clock of a bad rating ends: the fix was rated, or nobody spoke
    LAPSE = "lapse"  # the caller stayed silent
    EXTEND = "extend"  # more time is asked for
    GRANT = "grant"
    DECLINE = "decline"
    DEFER = "defer"  # 挂账 is asked for, with its plan
    SHELVE = "shelve"  # and granted from outside the unit
    REFUSE_DEFERRAL = "refuse_deferral"
    MILESTONE = "milestone"  # a step of the plan is done
    CHANGE_PLAN = "change_plan"  # a milestone of it, with the reason; both are kept
    REVIEW = "review"  # somebody outside has looked whether the plan goes on
    RESUME = "resume"  # handled again as any other ticket
    CONCLUDE = "conclude"  # a final reply is proposed
    SIGN_FINAL = "sign_final"  # 签发, from outside the unit
    REFUSE_FINAL = "refuse_final"
    APPEAL = "appeal"  # the citizen appeals, once
    UPHOLD_APPEAL = "uphold_appeal"
    DISMISS_APPEAL = "dismiss_appeal"
    RAISE = "raise"  # three redos: a rung up
    DELIVER = "deliver"  # what became of a message
    RECORD = "record"  # the recording of a call is kept
    REJECT = "reject"  # 不予受理 is proposed, with the lawful route
    APPROVE = "approve"  # somebody outside agrees to the rejection
    DISAPPROVE = "disapprove"  # and here does not
    GIVE_UP = "give_up"  # rung back so often in vain that it ends
    WITHDRAW = "withdraw"  # the citizen takes it back, by the channel used
    OBJECT = "object"  # the citizen disagrees with an answer or a rejection
    GAP = "gap"  # 容缺受理: accepted though something is missing, on a promise
    GAP_FILLED = "gap_filled"  # what was promised has come
    CODE = "code"  # a new code for the status page
    FLAG = "flag"  # signs make a claim of closure look false; no verdict
    CONTEST = "contest"  # the unit answers a flag
    RULE_FLAG = "rule_flag"  # a supervisor rules on it
    DISCREDIT = "discredit"  # the claim no longer counts as a closure
    SAMPLE = "sample"  # drawn for a person to ask, and who asks, by lot
    VERIFY = "verify"  # what came of that: the caller's own word, or nobody was reached
    REDACT = "redact"  # words are struck out for good, with a reason
    RECOUNT = "recount"  # a notice of days off has moved limits: both values are kept
    ERASE = "erase"  # what was kept long enough is erased
    WARN = "warn"  # 预警、黄灯、红灯: the limit of the result comes near, or has passed
    URGE = "urge"  # 催办, by a supervisor's hand
    OVERSEE = "oversee"  # 督办, 提级督办: by a supervisor's hand, or by the time that has passed
    RELAX = "relax"  # a supervisor watches it less closely again
    CIRCULATE = "circulate"  # 通报: it is named before the whole county
    RESTORE = "restore"  # the auditor found a limit that was not running, and set it
    MOVE = "move"  # another version of the map decides from here on


class Step(StrEnum):
    """What the clock does when a limit passes. Values are stored."""

    TRIAGE = "triage"
    SIGN = "sign"
    CONTACT = "contact"
    HANDLE = "handle"
    RULE_RETURN = "rule_return"
    RULE_EXTENSION = "rule_extension"
    ADJUDICATE = "adjudicate"
    RULE_LONG_TERM = "rule_long_term"
    LONG_TERM_REVIEW = "long_term_review"
    LONG_TERM = "long_term"  # the last day of a plan
    MILESTONE = "milestone"
    RULE_FINAL = "rule_final"
    FINAL_APPEAL = "final_appeal"  # how long the caller may appeal
    RULE_APPEAL = "rule_appeal"
    WARN_ENTRY = "warn_entry"  # the limit for deciding on a proposed entry comes near
    RULE_ENTRY = "rule_entry"  # nobody has approved or declined a proposed entry
    ASK = "ask"
    ASK_SILENCE = "ask_silence"
    WHISTLE_ACK = "whistle_ack"
    WHISTLE_ARRIVE = "whistle_arrive"
    WHISTLE_TOP = "whistle_top"
    WHISTLE_ASKED = "whistle_asked"  # whoever was asked to whistle answers
    WHISTLE_PLAN = "whistle_plan"  # the lead unit's plan is due
    WHISTLE_MILESTONE = "whistle_milestone"
    WHISTLE_CLOSE = "whistle_close"  # the whole whistle is due
    ANSWER_FLAG = "answer_flag"
    RULE_FLAG = "rule_flag"
    MERGED = "merged"  # a merged ticket has waited as long as its own limit allows
    REOPEN = "reopen"  # a merged ticket's caller has said no: its lead is told
    RULE_REJECTION = "rule_rejection"
    REACT = "react"  # a matter at a window is taken up
    GAP = "gap"
    EARLY = "early"  # 预警
    YELLOW = "yellow"  # 黄灯
    CIRCULATE = "circulate"  # 通报
    BAD_CALL = "bad_call"  # a dissatisfied caller is rung
    BAD_FIX = "bad_fix"  # what was rated badly is put right
    BAD_SILENCE = "bad_silence"  # the caller was asked to rate the fix
    PROBE = "probe"  # the daily test of the rating door must have come back
    COME_BACK = "come_back"  # a prober's test demand has come as far as the clock
    VERIFY = "verify"  # whoever was chosen by lot has not asked the caller


class Supervision(IntEnum):
    """How closely a ticket is watched (督办). Values are stored.

    Its line sets the first level in the map; time that passes, and supervisors, set higher ones.
    Each level does what the levels below it do as well.
    """

    NONE = 0
    WHEN_LATE = 1  # 催办: supervisors are told of every limit that passes
    FROM_THE_START = 2  # 督办: and that it has come in
    TO_THE_TOP = 3  # 提级督办: and the top of the ladder of the first overdue result


class Rule(NamedTuple):
    """The status an action leads to, and the roles that may take it."""

    to: Status
    by: frozenset[Role]


def _by(*roles: Role) -> frozenset[Role]:
    return frozenset(roles)


_OPERATOR = _by(Role.OPERATOR)
# Whoever holds the ticket: an officer, or somebody of a unit where no officer was on duty.
_OFFICER = _by(Role.OFFICER, Role.UNIT)
_UNIT, _SYSTEM, _CITIZEN = _by(Role.UNIT), _by(Role.SYSTEM), _by(Role.CITIZEN)
_SUPERVISOR = _by(Role.SUPERVISOR)

_MOVES: Final[Mapping[tuple[Status, Action], Rule]] = {
    (Status.TRIAGE, Action.DISPATCH): Rule(Status.DISPATCHED, _OPERATOR | _SYSTEM),
    # The system: its own synthetic demands only, with which it tests the doors.
    (Status.TRIAGE, Action.ANSWER): Rule(Status.ANSWERED, _OPERATOR | _SYSTEM),
    (Status.TRIAGE, Action.MERGE): Rule(Status.MERGED, _OPERATOR),
    (Status.DISPATCHED, Action.MERGE): Rule(Status.MERGED, _OPERATOR),
    # The system: whoever says "not solved" of a merged result waits with the others again.
    (Status.HANDLING, Action.MERGE): Rule(Status.MERGED, _OPERATOR | _SYSTEM),
    (Status.MERGED, Action.MERGE): Rule(Status.MERGED, _OPERATOR),
    (Status.MERGED, Action.UNMERGE): Rule(Status.TRIAGE, _OPERATOR | _SYSTEM),
    (Status.MERGED, Action.ANSWER): Rule(Status.ANSWERED, _OPERATOR),
    (Status.MERGED, Action.CARRY): Rule(Status.REVISIT, _OFFICER),
    (Status.REVISIT, Action.CARRY): Rule(Status.REVISIT, _OFFICER),
    (Status.DISPATCHED, Action.ACCEPT): Rule(Status.HANDLING, _OFFICER | _SYSTEM),
    (Status.DISPATCHED, Action.RETURN): Rule(Status.DISPUTED, _OFFICER),
    (Status.DISPUTED, Action.UPHOLD): Rule(Status.TRIAGE, _OPERATOR | _SUPERVISOR),
    (Status.DISPUTED, Action.OVERTURN): Rule(Status.DISPATCHED, _OPERATOR | _SUPERVISOR),
    (Status.DISPUTED, Action.ADJUDICATE): Rule(Status.ADJUDICATION, _SYSTEM),
    # The panel's people are supervisors; who is of it: `services.handling.adjudication`.
    (Status.ADJUDICATION, Action.RULE_DUTY): Rule(Status.TRIAGE, _SUPERVISOR),
    (Status.HANDLING, Action.RETURN): Rule(Status.DISPUTED, _OFFICER),
    (Status.HANDLING, Action.EXTEND): Rule(Status.EXTENSION_PENDING, _OFFICER),
    (Status.HANDLING, Action.SUBMIT): Rule(Status.REVISIT, _OFFICER),
    (Status.EXTENSION_PENDING, Action.GRANT): Rule(Status.HANDLING, _by(Role.SUPERVISOR)),
    (Status.EXTENSION_PENDING, Action.DECLINE): Rule(Status.HANDLING, _by(Role.SUPERVISOR)),
    (Status.HANDLING, Action.DEFER): Rule(Status.LONG_TERM_PENDING, _OFFICER),
    (Status.LONG_TERM_PENDING, Action.SHELVE): Rule(Status.LONG_TERM, _SUPERVISOR),
    (Status.LONG_TERM_PENDING, Action.REFUSE_DEFERRAL): Rule(Status.HANDLING, _SUPERVISOR),
    # The officer who is done with the plan; whoever reviews it; the clock on its last day.
    (Status.LONG_TERM, Action.RESUME): Rule(Status.HANDLING, _OFFICER | _SUPERVISOR | _SYSTEM),
    (Status.HANDLING, Action.CONCLUDE): Rule(Status.FINAL_PENDING, _OFFICER),
    (Status.FINAL_PENDING, Action.SIGN_FINAL): Rule(Status.FINAL_REPLIED, _SUPERVISOR),
    (Status.FINAL_PENDING, Action.REFUSE_FINAL): Rule(Status.HANDLING, _SUPERVISOR),
    (Status.FINAL_REPLIED, Action.APPEAL): Rule(Status.APPEALED, _CITIZEN),
    (Status.FINAL_REPLIED, Action.LAPSE): Rule(Status.ARCHIVED_FINAL, _SYSTEM),
    (Status.APPEALED, Action.UPHOLD_APPEAL): Rule(Status.HANDLING, _SUPERVISOR),
    (Status.APPEALED, Action.DISMISS_APPEAL): Rule(Status.ARCHIVED_FINAL, _SUPERVISOR),
    (Status.REVISIT, Action.CONFIRM): Rule(Status.ARCHIVED, _CITIZEN),
    (Status.REVISIT, Action.DENY): Rule(Status.HANDLING, _CITIZEN),
    (Status.REVISIT, Action.LAPSE): Rule(Status.ARCHIVED_UNVERIFIED, _SYSTEM),
    # The caller who speaks late is heard: silence was never consent.
    (Status.ARCHIVED_UNVERIFIED, Action.CONFIRM): Rule(Status.ARCHIVED, _CITIZEN),
    (Status.ARCHIVED_UNVERIFIED, Action.DENY): Rule(Status.HANDLING, _CITIZEN),
    # One caller of many says no: the handling that all of them wait for goes on. Or a supervisor
    # has confirmed that the claim of closure was false.
    (Status.REVISIT, Action.REOPEN): Rule(Status.HANDLING, _SYSTEM | _SUPERVISOR),
    (Status.ARCHIVED, Action.REOPEN): Rule(Status.HANDLING, _SYSTEM | _SUPERVISOR),
    (Status.ARCHIVED_UNVERIFIED, Action.REOPEN): Rule(Status.HANDLING, _SYSTEM | _SUPERVISOR),
    # Who proposes a rejection never approves it.
    (Status.TRIAGE, Action.REJECT): Rule(Status.REJECT_PENDING, _OPERATOR),
    (Status.REJECT_PENDING, Action.APPROVE): Rule(Status.REJECTED, _by(Role.SUPERVISOR)),
    (Status.REJECT_PENDING, Action.DISAPPROVE): Rule(Status.TRIAGE, _by(Role.SUPERVISOR)),
    (Status.REJECTED, Action.OBJECT): Rule(Status.TRIAGE, _CITIZEN),
    (Status.ANSWERED, Action.OBJECT): Rule(Status.TRIAGE, _CITIZEN),
    # Whoever was rung in vain may still say that they are there.
    (Status.TRIAGE, Action.GIVE_UP): Rule(Status.UNREACHED, _OPERATOR),
    (Status.UNREACHED, Action.OBJECT): Rule(Status.TRIAGE, _CITIZEN),
}

# What happens beside the course of the ticket and leaves its status as it is.
_OPEN: Final = (
    Status.TRIAGE,
    Status.MERGED,
    Status.DISPATCHED,
    Status.DISPUTED,
    Status.ADJUDICATION,
    Status.HANDLING,
    Status.EXTENSION_PENDING,
    Status.LONG_TERM_PENDING,
    Status.LONG_TERM,
    Status.FINAL_PENDING,
    Status.FINAL_REPLIED,
    Status.APPEALED,
    Status.REVISIT,
    Status.REJECT_PENDING,
)
# Asking for more time, a plan or a final reply stops no work and no clock of the unit.
PENDING: Final = frozenset(
    {Status.EXTENSION_PENDING, Status.LONG_TERM_PENDING, Status.FINAL_PENDING}
)
_IN_HAND: Final = (Status.HANDLING, *sorted(PENDING), Status.LONG_TERM)
_MAY_LEAD: Final = (Status.TRIAGE, Status.DISPATCHED, Status.DISPUTED, *_IN_HAND)
_BESIDE: Final[Mapping[Action, tuple[tuple[Status, ...], frozenset[Role]]]] = {
    Action.ADD: (_OPEN, _CITIZEN | _OPERATOR),
    Action.LOCATE: ((Status.TRIAGE,), _CITIZEN | _OPERATOR),
    Action.NOTE: (tuple(Status), _OPERATOR | _OFFICER | _by(Role.SUPERVISOR)),
    Action.CONTACT: (
        (Status.DISPATCHED, *_IN_HAND, Status.TRIAGE, Status.MERGED),
        _OFFICER | _OPERATOR,
    ),
    Action.INFORM: ((Status.TRIAGE, Status.DISPATCHED), _OPERATOR),
    Action.GATHER: (_MAY_LEAD, _OPERATOR),
    Action.RELEASE: (tuple(Status), _OPERATOR | _SYSTEM),
    Action.STATE: ((Status.ADJUDICATION,), _OFFICER),
    Action.HEAR: ((Status.ADJUDICATION,), _SUPERVISOR),
    # An entry lives on when the ticket that it came from has ended.
    Action.PROPOSE_ENTRY: (tuple(Status), _SUPERVISOR),
    Action.APPROVE_ENTRY: (tuple(Status), _SUPERVISOR),
    Action.DECLINE_ENTRY: (tuple(Status), _SUPERVISOR),
    Action.MILESTONE: ((Status.LONG_TERM,), _OFFICER),
    # Outside of the unit it was granted, outside of it its promises are changed.
    Action.CHANGE_PLAN: ((Status.LONG_TERM,), _SUPERVISOR),
    Action.REVIEW: ((Status.LONG_TERM,), _SUPERVISOR),
    Action.CHECK_IN: (_IN_HAND, _OFFICER),
    Action.WHISTLE: (_IN_HAND, _OFFICER),
    Action.ACKNOWLEDGE: (_IN_HAND, _UNIT),
    Action.ARRIVE: (_IN_HAND, _UNIT),
    Action.FINISH: (_IN_HAND, _UNIT),
    Action.REFUSE: (_IN_HAND, _UNIT),
    Action.END_WHISTLE: (_IN_HAND, _OFFICER),
    Action.ASK_WHISTLE: (_IN_HAND, _OFFICER),
    Action.DECLINE_WHISTLE: (_IN_HAND, _OFFICER),
    Action.EXPIRE: (_OPEN, _SYSTEM),
    Action.EXCUSE: (_IN_HAND, _OFFICER | _SYSTEM),
    Action.DANGER_GONE: (_IN_HAND, _OFFICER),
    Action.RECORD_ACT: (_IN_HAND, _OFFICER),
    Action.WHISTLE_PLAN: (_IN_HAND, _UNIT),
    Action.CHANGE_WHISTLE_PLAN: (_IN_HAND, _UNIT),
    Action.MEET_MILESTONE: (_IN_HAND, _UNIT),
    # Both sides judge when it is over; the ticket may have ended meanwhile.
    Action.RATE_UNIT: (tuple(Status), _OFFICER),
    Action.RATE_WHISTLE: (tuple(Status), _UNIT),
    Action.CLIMB: (_OPEN, _SYSTEM),
    Action.MOVE: (_OPEN, _by(Role.SUPERVISOR, Role.ADMIN)),
    # A flag and its limits live on when the ticket has ended.
    Action.REMIND: (tuple(Status), _SYSTEM),
    Action.FLAG: (tuple(Status), _SYSTEM),
    Action.CONTEST: (tuple(Status), _OFFICER | _UNIT),
    Action.RULE_FLAG: (tuple(Status), _SUPERVISOR),
    Action.DISCREDIT: (tuple(Status), _SUPERVISOR),
    Action.RAISE: (_IN_HAND, _SYSTEM),
    Action.ALARM: (_OPEN, _SYSTEM | _CITIZEN),
    Action.ASK: ((Status.REVISIT, Status.ARCHIVED_UNVERIFIED), _SYSTEM | _OPERATOR),
    # A grade may be given and changed for a while, wherever the ticket has gone since.
    Action.RATE: (tuple(Status), _CITIZEN),
    Action.INVITE: (tuple(Status), _SYSTEM | _OPERATOR | _SUPERVISOR | _CITIZEN),
    Action.REFUSE_GRADE: (tuple(Status), _SYSTEM),
    Action.BAD_RATING: (tuple(Status), _SYSTEM),
    Action.CALL_BACK: (tuple(Status), _OPERATOR | _SUPERVISOR),
    Action.MEND: (tuple(Status), _OFFICER | _SYSTEM),
    Action.END_BAD: (tuple(Status), _SYSTEM),
    Action.RECOUNT: (tuple(Status), _SYSTEM),
    Action.DELIVER: (tuple(Status), _SYSTEM),
    Action.RECORD: (tuple(Status), _SYSTEM),
    Action.GAP: ((Status.TRIAGE, Status.DISPATCHED, *_IN_HAND), _OFFICER | _OPERATOR),
    Action.GAP_FILLED: (_OPEN, _OFFICER | _OPERATOR | _CITIZEN),
    Action.CODE: (tuple(Status), _CITIZEN | _OPERATOR),
    Action.SAMPLE: (tuple(Status), _SYSTEM),
    Action.VERIFY: (tuple(Status), _OPERATOR | _SYSTEM | _by(Role.OBSERVER)),
    Action.REDACT: (tuple(Status), _by(Role.SUPERVISOR, Role.ADMIN)),
    Action.WARN: (_IN_HAND, _SYSTEM),
    Action.URGE: (_OPEN, _SUPERVISOR),
    Action.OVERSEE: (_OPEN, _SYSTEM | _SUPERVISOR),
    Action.RELAX: (_OPEN, _SUPERVISOR),
    Action.CIRCULATE: (_IN_HAND, _SYSTEM),
    Action.RESTORE: (tuple(Status), _SYSTEM),
    Action.ERASE: (tuple(set(Status) - set(_OPEN)), _SYSTEM),
}

RULES: Final[Mapping[tuple[Status, Action], Rule]] = {
    **_MOVES,
    # Nobody else withdraws a demand, whatever it is about and however far it has come.
    **{(status, Action.WITHDRAW): Rule(Status.WITHDRAWN, _CITIZEN) for status in _OPEN},
    **{
        (status, action): Rule(status, by)
        for action, (statuses, by) in _BESIDE.items()
        for status in statuses
    },
}

# Who must act next, and which limit of theirs is running, in each status that is not an end.
OWNER: Final[Mapping[Status, Role]] = {
    Status.TRIAGE: Role.OPERATOR,
    Status.MERGED: Role.OFFICER,
    Status.DISPATCHED: Role.OFFICER,
    Status.DISPUTED: Role.OPERATOR,
    Status.HANDLING: Role.OFFICER,
    Status.EXTENSION_PENDING: Role.SUPERVISOR,
    Status.ADJUDICATION: Role.SUPERVISOR,
    Status.LONG_TERM_PENDING: Role.SUPERVISOR,
    Status.LONG_TERM: Role.OFFICER,
    Status.FINAL_PENDING: Role.SUPERVISOR,
    Status.FINAL_REPLIED: Role.CITIZEN,
    Status.APPEALED: Role.SUPERVISOR,
    Status.REVISIT: Role.CITIZEN,
    Status.REJECT_PENDING: Role.SUPERVISOR,
}
CLOCK: Final[Mapping[Status, Step]] = {
    Status.TRIAGE: Step.TRIAGE,
    Status.MERGED: Step.MERGED,
    Status.DISPATCHED: Step.SIGN,
    Status.DISPUTED: Step.RULE_RETURN,
    Status.HANDLING: Step.HANDLE,
    Status.EXTENSION_PENDING: Step.RULE_EXTENSION,
    Status.ADJUDICATION: Step.ADJUDICATE,
    Status.LONG_TERM_PENDING: Step.RULE_LONG_TERM,
    Status.LONG_TERM: Step.LONG_TERM_REVIEW,
    Status.FINAL_PENDING: Step.RULE_FINAL,
    Status.FINAL_REPLIED: Step.FINAL_APPEAL,
    Status.APPEALED: Step.RULE_APPEAL,
    Status.REVISIT: Step.ASK_SILENCE,
    Status.REJECT_PENDING: Step.RULE_REJECTION,
}
ENDS: Final = frozenset(Status) - frozenset(OWNER)
# 首问负责: no unit has accepted it yet, so whoever was asked first still answers for it.
UNACCEPTED: Final = frozenset(
    {
        *(Status.TRIAGE, Status.DISPATCHED, Status.DISPUTED, Status.ADJUDICATION),
        Status.REJECT_PENDING,
    }
)


def step(status: Status, action: Action, role: Role) -> Status:
    """Return the status that ``action`` leads to.

    Raises:
        WrongStatusError: no rule lets ``action`` happen in ``status``.
        NotAllowedError: a rule does, but not for ``role``.
    """
    rule = RULES.get((status, action))
    if rule is None:
        raise WrongStatusError(status=status, action=action)
    if role not in rule.by:
        raise NotAllowedError(role=role, action=action)
    return rule.to


def ticket_number(day: str, sequence: int) -> str:
    """Return the 12-digit number that callers are told: ``YYMMDD`` and six digits.

    Args:
        day: the county's day as ``YYMMDD``.
        sequence: from the database's sequence; a million tickets a day are told apart.
    """
    return f"{day}{sequence % 1_000_000:06d}"
