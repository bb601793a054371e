"""The dispute that becomes a rule: two units dispute a class in a place, and never again."""

import pytest
import sqlalchemy as sa

from hotline.domain.disputes import ReturnReason
from hotline.domain.errors import InvalidError, NotAllowedError, RefusedError
from hotline.domain.rates import Measure, fold
from hotline.domain.tickets import Action, Role, Status
from hotline.services.handling import adjudication, catalogue, returns, tickets
from hotline.store import attention, hearings, rulings
from tests.county import VILLAGE, County
from tests.services.test_long_cases import until
from tests.services.test_replay import difference

HOUSING, WATER = "department/housing", "utility/water"
PIPE = f"{VILLAGE}小区里的水管漏水"
TOWN = "town/dagujiazi"


def send_back(county: County, number: str, reason=ReturnReason.NOT_OUR_POWER, who=None) -> None:
    with county.work(who or county.officer_of(number)) as work:
        returns.send_back(work, work.ticket(number), returns.Proof(reason, "管道权属见附图"))


def upheld(county: County, number: str, onward: str | None) -> None:
    with county.work(county.actor("operator1")) as work:
        returns.rule(work, work.ticket(number), upheld=True, reason="另派", onward=onward)


def disputed_twice(county: County, words: str = PIPE) -> str:
    """The grid's officer says it is the housing bureau's, which says it is not."""
    number = county.demand(words)
    send_back(county, number)
    upheld(county, number, HOUSING)
    send_back(county, number)
    return number


def ruled(county: County, number: str, **more) -> None:
    values = {"lead": WATER, "helpers": (HOUSING,), "text": "表前管道由供水单位负责"} | more
    with county.work(county.actor("panel.duty.chair")) as work:
        adjudication.rule(work, work.ticket(number), adjudication.Ruling(**values))


def decided(county: County, number: str, login: str = "supervisor", *, approved=True) -> None:
    with county.work(county.actor(login)) as work:
        ticket = work.ticket(number)
        entry = rulings.of_ticket(work.session, ticket.id)[0]
        catalogue.decide(work, ticket, entry.id, approved=approved, text="同意")


def proposals(county: County) -> list:
    """Who settled the notes on the supervisors' board that an entry waits for approval."""
    query = sa.text("SELECT settled_by FROM attention WHERE kind = 'entry_proposed'")
    with county.engine.connect() as connection:
        return list(connection.execute(query).scalars())


def test_a_dispute_becomes_a_rule_and_never_comes_twice(county):
    number = disputed_twice(county)
    ticket = county.ticket(number)
    assert (ticket.status, ticket.rung) == (Status.ADJUDICATION, "duty_panel")
    assert set(county.timers(number)) >= {"adjudicate", "contact"}

    with county.work(county.actor("department.housing.duty")) as work:
        [(party, _)] = hearings.asked(work.session, work.actor.unit, work.actor.posts)
        adjudication.state(work, work.ticket(number), party.id, "楼前主管道不归我局")
    with county.work(county.actor("panel.duty.chair")) as work:
        adjudication.hear(work, work.ticket(number), WATER, "到场的副经理说表前由他们管")
    ruled(county, number, place=TOWN, words=("小区",))

    ticket = county.ticket(number)
    assert (ticket.status, ticket.unit) == (Status.HANDLING, WATER)
    assert ticket.officer_id == county.actor("utility.water.duty").staff_id
    [ruling] = county.events(number, Action.RULE_DUTY)
    assert ruling["data"]["heard"] == [HOUSING, WATER]
    assert difference(county, number) == {}
    with pytest.raises(RefusedError, match="return_binding"):
        send_back(county, number, who=county.actor("utility.water.duty"))

    # Proposed is not approved: the next such demand still goes by the map alone.
    assert "entry" not in county.ticket(county.demand(PIPE)).routing
    assert proposals(county) == [None]
    decided(county, number)
    assert proposals(county) == [county.actor("supervisor").staff_id]

    again = county.demand(PIPE)
    ticket = county.ticket(again)
    assert (ticket.unit, ticket.post) == (WATER, "utility/water/duty")
    assert ticket.routing["entry"]["by_map"]["unit"] == WATER
    assert ticket.routing["entry"]["version"] == 1
    [dispatched] = county.events(again, Action.DISPATCH)
    assert dispatched["data"]["helpers"] == [HOUSING]
    assert difference(county, again) == {}
    for reason in (ReturnReason.NOT_OUR_POWER, ReturnReason.NEEDS_LEAD, ReturnReason.ABOVE_US):
        with pytest.raises(RefusedError, match="return_settled"):
            send_back(county, again, reason)
    send_back(county, again, ReturnReason.OTHER_PLACE)  # what was not settled may be disputed

    # What lies outside of the entry's place or feature is the map's, as before.
    for words in (f"{VILLAGE}停水了", "孟家镇桃山村小区里的水管漏水"):
        assert "entry" not in county.ticket(county.demand(words)).routing


def test_an_overdue_ruling_climbs_to_the_county_leader_who_may_then_rule(county):
    number = disputed_twice(county, f"{VILLAGE}路灯不亮了")
    due = county.timers(number)["adjudicate"]
    county.move(seconds=(due - county.now()).total_seconds() + 1)
    county.tick()

    ticket = county.ticket(number)
    assert ticket.rung == "county_leader"
    assert "adjudicate" in county.timers(number)
    post = county.kit.maps.current.ladder_posts(ticket.grid, ticket.unit)[-1].posts[0].id
    leader = county.actor(post.replace("/", "."))
    with county.work(leader) as work:
        adjudication.rule(
            work, work.ticket(number), adjudication.Ruling(HOUSING, (), "由住建局负责")
        )

    assert county.ticket(number).unit == HOUSING
    assert county.ticket(number).rung != "county_leader"


def test_nobody_else_rules_and_nobody_approves_what_they_proposed(county):
    number = disputed_twice(county)
    with county.work(county.actor("supervisor")) as work, pytest.raises(NotAllowedError):
        adjudication.rule(work, work.ticket(number), adjudication.Ruling(WATER, (), "我来定"))
    with pytest.raises(InvalidError, match="lead"):
        ruled(county, number, lead="department/none")
    for elsewhere in ({"words": ("路灯",)}, {"place": "town/mengjia"}):
        with pytest.raises(InvalidError, match="rule_elsewhere"):
            ruled(county, number, **elsewhere)
    ruled(county, number)

    with pytest.raises(NotAllowedError, match="own_proposal"):
        decided(county, number, "panel.duty.chair")
    decided(county, number, approved=False)
    with pytest.raises(RefusedError, match="entry_decided"):
        decided(county, number)
    assert "entry" not in county.ticket(county.demand(PIPE)).routing


def test_an_entry_that_nobody_decides_warns_climbs_and_stops_when_somebody_does(county):
    number = disputed_twice(county)
    ruled(county, number)
    with county.work() as work:
        [entry] = rulings.of_ticket(work.session, county.ticket(number).id)
    assert "warn_entry" in county.timers(number)

    def reminded(step: str) -> list[dict]:
        found = county.events(number, Action.REMIND)
        return [event["data"] for event in found if event["data"].get("step") == step]

    until(county, county.timers(number)["warn_entry"])
    assert {row.template for row in county.messages(number)} >= {"ruling_due"}
    assert county.timers(number)["rule_entry"] == entry.due_at
    for _ in range(2):
        until(county, county.timers(number)["rule_entry"])
    assert [data["rung"] for data in reminded("rule_entry")] == ["county_leader"] * 2
    assert reminded("warn_entry")[0]["due"] == reminded("rule_entry")[0]["due"]
    assert "late_rule_entry" in kinds(county)

    decided(county, number)
    assert "rule_entry" not in county.timers(number)
    assert not kinds(county) & {"late_rule_entry", "entry_proposed"}
    assert difference(county, number) == {}


def kinds(county: County) -> set[str]:
    with county.work() as work:
        return {entry.attention.kind for entry in attention.open_entries(work.session)}


def test_a_later_ruling_is_the_next_version_and_may_leave_it_to_the_map_again(county):
    number = disputed_twice(county)
    ruled(county, number)
    decided(county, number)
    with county.work(county.actor("panel.duty.chair")) as work:
        ticket = work.ticket(number)
        [entry] = rulings.of_ticket(work.session, ticket.id)
        second = catalogue.revise(work, ticket, entry.id, None, (), "目录已更新")
        assert second.version == 2
    assert county.ticket(county.demand(PIPE)).routing["entry"]["version"] == 1
    decided(county, number)

    assert "entry" not in county.ticket(county.demand(PIPE)).routing


def test_wrong_returns_and_wrong_dispatches_are_both_counted(county):
    number = county.demand(PIPE)
    send_back(county, number)
    with county.work(county.actor("operator1")) as work:
        returns.rule(work, work.ticket(number), upheld=False, reason="就归你们")
    send_back(county, number, ReturnReason.OTHER_PLACE)
    assert county.ticket(number).status is Status.ADJUDICATION
    ruled(county, number)

    counts = fold(county.events(number), lambda at: at.date()).counts
    assert counts[Measure.OVERTURNED] == counts[Measure.MISDISPATCHED] == 1
    assert counts[Measure.CLAIMED] == counts[Measure.LONG_TERM] == 0


def test_who_sent_it_back_never_rules_on_it(county):
    number = county.demand(PIPE)
    send_back(county, number)
    officer = county.officer_of(number)
    operator = county.actor("operator1")
    of_the_unit = type(operator)(Role.OPERATOR, operator.ref, operator.staff_id, officer.unit)
    with county.work(of_the_unit) as work, pytest.raises(NotAllowedError, match="own_unit"):
        returns.rule(work, work.ticket(number), upheld=True, reason="自己裁")
    with county.work(operator) as work, pytest.raises(InvalidError, match="onward"):
        returns.rule(work, work.ticket(number), upheld=True, reason="?", onward=officer.unit)


def test_the_first_receiver_owns_what_it_did_not_return_in_time(county):
    number = county.demand(PIPE)
    until = county.ticket(number).dispatched_at
    with county.work() as work:
        until = returns.may_return_until(work, work.ticket(number))
    county.move(seconds=(until - county.now()).total_seconds() + 1)
    county.tick()

    with pytest.raises(RefusedError, match="return_too_late"):
        send_back(county, number)
    with county.work(county.officer_of(number)) as work:
        tickets.note(work, work.ticket(number), "按规定由我办")
