"""What an officer does on a phone, page by page."""

import sqlalchemy as sa

from hotline.domain.tickets import Action, Status
from tests.county import County
from tests.web.desk import queries
from tests.web.field.field import (
    OFFICER,
    OTHER_OFFICER,
    STAND_IN,
    WATER,
    Phone,
    accepted,
    photo,
    statements,
    ticket_path,
    whistled,
)


def test_an_empty_list_says_so(county: County):
    assert "现在没有要您办的工单" in Phone(county, OFFICER).page("/field/")


def test_the_list_shows_what_waits_and_what_was_signed_for(county: County):
    phone = Phone(county, OFFICER)
    accepted(county, phone)
    county.demand("大孤家子镇拉马桥村停电了")

    page = phone.page("/field/")

    assert "停水与供水 · 大孤家子镇拉马桥村" in page
    assert "停电与供电" in page
    assert "待签收" in page
    assert "办理中" in page
    assert "紧急" in page
    assert "剩余" in page


def test_the_list_asks_the_database_as_often_for_thirty_tickets_as_for_one(county: County):
    phone = Phone(county, OFFICER)
    county.demand()
    few = statements(phone, "/field/")
    for _ in range(10):
        county.demand()

    assert statements(phone, "/field/") == few
    assert few <= 12  # five of them ask who is signed in


def test_a_ticket_page_says_what_where_how_long_and_what_next(county: County):
    phone = Phone(county, OFFICER)
    number = county.demand()

    page = phone.page(ticket_path(number))

    for words in ("停水与供水", "大孤家子镇拉马桥村", "停水了", "签收时限", "来电人已等", "签收"):
        assert words in page
    assert "13800001111" not in page


def test_an_officer_signs_calls_checks_in_and_submits(county: County):
    phone = Phone(county, OFFICER)
    number = accepted(county, phone)
    assert county.ticket(number).status is Status.HANDLING

    shown = phone.client.post(ticket_path(number, "caller")).get_data(as_text=True)
    assert 'href="tel:+8613800001111"' in shown
    phone.done(ticket_path(number, "contact"), outcome="reached", text="说好上门")
    phone.done(
        ticket_path(number, "check-in"), latitude="42.512345", longitude="123.41", accuracy_m="9"
    )
    page = phone.done(
        ticket_path(number, "submit"), kind="acted", text="更换了水管，水已恢复", photos=photo()
    )

    assert "回访中" in page
    assert county.ticket(number).status is Status.REVISIT
    [submitted] = county.events(number, Action.SUBMIT)
    assert len(submitted["data"]["photos"]) == 1
    assert "说好上门" in page  # in the history


def test_the_number_of_the_caller_is_never_on_a_page_that_was_only_opened(county: County):
    phone = Phone(county, OFFICER)
    number = accepted(county, phone)

    assert "13800001111" not in phone.page(ticket_path(number, "contact"))
    assert phone.client.get(ticket_path(number, "caller")).status_code == 302


def test_the_competent_unit_is_suggested_for_a_whistle(county: County):
    phone = Phone(county, OFFICER)
    page = phone.page(ticket_path(accepted(county, phone), "whistle"))

    assert 'value="utility/water" checked' in page
    assert 'value="emergency" checked' in page
    assert "village/mengjia" not in page


def test_a_whistle_is_blown_and_ended(county: County):
    phone, unit = Phone(county, OFFICER), Phone(county, WATER)
    number, call = whistled(county, phone)
    unit.done(f"{call}/acknowledge")
    unit.done(f"{call}/arrive", place_note="泵站")
    whistle_id = str(county.parties(number)[0].whistle_id)

    refused = unit.press(f"{call}/finish", text="换了阀门")
    assert refused.status_code == 409
    assert "险情未除" in refused.get_data(as_text=True)

    phone.done(ticket_path(number, "danger-gone"), whistle=whistle_id)
    unit.done(f"{call}/finish", text="换了阀门")
    page = phone.done(ticket_path(number, "end-whistle"), whistle=whistle_id)
    assert "已收哨" in page


def test_a_result_waits_for_open_whistles_and_keeps_what_was_typed(county: County):
    phone = Phone(county, OFFICER)
    number, _ = whistled(county, phone)

    answer = phone.press(
        ticket_path(number, "submit"), kind="explained", text="已经解释", photos=photo()
    )

    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "还有未收的哨" in page
    assert "已经解释" in page
    assert "请重新选择" in page


def test_an_officer_returns_a_ticket_with_proof(county: County):
    phone = Phone(county, OFFICER)
    number = county.demand()

    page = phone.done(
        ticket_path(number, "return"), dispute="other_place", text="不是本村的井", photos=photo()
    )

    assert "退单待话务台裁定" in page
    assert county.ticket(number).status is Status.DISPUTED


def test_an_officer_asks_for_more_time_in_time(county: County):
    phone = Phone(county, OFFICER)
    number = accepted(county, phone)

    page = phone.done(ticket_path(number, "extend"), text="等配件，后天到")

    assert "延期待批" in page
    assert county.ticket(number).status is Status.EXTENSION_PENDING


def test_after_the_limit_nobody_gets_more_time(county: County):
    phone = Phone(county, OFFICER)
    number = accepted(county, phone)
    county.move(days=2)
    phone = Phone(county, OFFICER)

    answer = phone.press(ticket_path(number, "extend"), text="等配件")

    assert answer.status_code == 409
    assert "时限已过" in answer.get_data(as_text=True)
    assert "等配件" in answer.get_data(as_text=True)


def test_a_note_is_kept_in_the_history(county: County):
    phone = Phone(county, OFFICER)
    number = accepted(county, phone)

    assert "村民说井在东头" in phone.done(ticket_path(number, "note"), text="村民说井在东头")


def test_another_officers_ticket_does_not_exist(county: County):
    number = county.demand()
    other = Phone(county, OTHER_OFFICER)

    other.page(ticket_path(number), status=404)
    other.page(ticket_path(number, "submit"), status=404)
    assert other.client.post(ticket_path(number, "caller")).status_code == 404
    assert other.press(ticket_path(number, "accept")).status_code == 403
    assert county.ticket(number).status is Status.DISPATCHED


def test_a_unit_has_no_officers_pages(county: County):
    number, _ = whistled(county, Phone(county, OFFICER))
    unit = Phone(county, WATER)

    unit.page(ticket_path(number), status=404)
    assert unit.press(ticket_path(number, "note"), text="看看").status_code == 403


def test_a_stand_in_sees_the_ticket_when_the_officer_is_away(county: County):
    number = county.demand()
    assert "现在没有" in Phone(county, STAND_IN).page("/field/")
    away(county, OFFICER)

    phone = Phone(county, STAND_IN)

    assert number[:4] in phone.page(ticket_path(number))
    assert "停水与供水" in phone.page("/field/")
    phone.done(ticket_path(number, "accept"))


def away(county: County, login: str) -> None:
    """Send somebody on leave."""
    actor = county.actor(login)
    with county.engine.begin() as connection:
        connection.execute(
            sa.text(
                "INSERT INTO leave (id, staff_id, from_at, until_at)"
                " VALUES (gen_random_uuid(), :who, hotline_now(), hotline_now() + '1 day')"
            ),
            {"who": actor.staff_id},
        )


def test_the_list_of_tasks_asks_the_database_as_often_for_many_as_for_one(county):
    phone = Phone(county, OFFICER)
    county.demand()
    phone.page("/field/")
    with queries(county) as one:
        phone.page("/field/")
    for _ in range(60):
        county.demand()

    with queries(county) as many:
        page = phone.page("/field/")

    assert len(one) == len(many) <= 6
    assert 'rel="next"' in page


def test_a_form_that_would_be_refused_says_so_before_anything_is_written(county: County):
    number = accepted(county, Phone(county, OFFICER))
    county.move(days=3)
    phone = Phone(county, OFFICER)  # the sign-in of three days ago is over

    for name, why in (
        ("conclude", "来电人还没有说过没有解决"),
        ("extend", "时限已过，不能再申请延期"),
        ("return", "退单时限已过"),
    ):
        page = phone.page(ticket_path(number, name))
        assert why in page
        assert "<textarea" not in page
