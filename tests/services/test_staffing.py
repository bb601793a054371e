"""A staff list: looked at first, every fault at once, then applied whole and only once."""

import pytest
from click.testing import CliRunner

from hotline.cli.main import main
from hotline.demo import staff as demo_staff
from hotline.domain.errors import NotAllowedError, NotFoundError, RefusedError
from hotline.domain.tickets import Role
from hotline.services.staff import accounts, staff_list, staffing
from hotline.services.staff.staffing import Change
from hotline.store import people, roster
from tests.county import County

HEADERS = "登录名,姓名,手机号,单位,角色,岗位,开始日期,结束日期,通知方式,邮箱\n"
POST = "grid/dagujiazi/lamaqiao"
HOLDER = "grid.dagujiazi.lamaqiao"
NEW = f"zhang.san,张三,13800002222,大孤家子镇,网格员,{POST}、{POST}/standby,,,企业微信,z@x.cn\n"


def listed(county: County, text: str, headers: str = HEADERS):
    return staff_list.read_list("人员.csv", (headers + text).encode(), county.kit.maps.current)


def plan(county: County, text: str, *, retire: bool = False, headers: str = HEADERS):
    with county.work() as work:
        return staffing.plan(work, listed(county, text, headers), retire=retire)


def apply(county: County, text: str, *, retire: bool = False, headers: str = HEADERS):
    with county.work(county.actor("admin")) as work:
        return staffing.apply(work, listed(county, text, headers), retire=retire)


def row_of(county: County, login: str, posts: str) -> str:
    """A demo person's row as they stand."""
    with county.work() as work:
        one = demo_staff.by_login(work.session, login)
        number = county.kit.keys.open(one.number_sealed)
    return f"{one.login},{one.name},{number},{one.unit},{one.role},{posts},,,,\n"


def codes(faults) -> list[str]:
    return [fault.code for fault in faults]


def test_a_list_is_looked_at_first_and_changes_nothing(county):
    looked = plan(county, NEW)

    assert codes(looked.faults) == []
    [one] = looked.people
    assert (one.change, one.starts) == (Change.ADDED, (POST, f"{POST}/standby"))
    with county.work() as work:
        assert people.by_login(work.session, "zhang.san") is None


def test_every_fault_of_a_list_is_said_at_once(county):
    taken = demo_staff.phone_of(1)
    text = (
        "A!,甲,12345,大孤家子镇,网格员,,,,,\n"
        f"b.one,乙,13800000001,无此镇,国王,{POST}x,2026-02-01,2026-01-01,电报,x\n"
        "c.one,丙,13800000001,大孤家子镇,网格员,,,,,\n"
        "c.one,丙,13800000001,大孤家子镇,话务员,住建局值班岗,,,,\n"
        ",丁,,大孤家子镇,网格员,,,,,\n"
    )

    found = codes(listed(county, text).faults)

    assert sorted(set(found)) == [
        "bad_login",
        "bad_mail",
        "bad_phone",
        "idle_role",
        "missing",
        "unknown_channel",
        "unknown_post",
        "unknown_role",
        "unknown_unit",
        "until_before_from",
    ]
    twice = "c.one,丙,13800000001,大孤家子镇,网格员,,,,,\n" * 2
    assert codes(listed(county, twice).faults) == [
        "doubled_login",
        "doubled_login",
        "doubled_number",
    ]
    assert codes(plan(county, f"d.one,戊,{taken},大孤家子镇,网格员,,,,,\n").faults) == [
        "number_taken"
    ]


def test_an_applied_list_gives_posts_and_a_link_for_a_password_of_ones_own(county):
    [link] = apply(county, NEW)

    with county.work() as work:
        person = people.by_login(work.session, "zhang.san")
        assert person.channels == ["wecom"]
        assert county.kit.keys.open(person.number_sealed) == "+8613800002222"
        assert accounts.sign_in(work, "zhang.san", "!", "here", accounts.IDLE) is None
    assert county.actor("zhang.san").posts == {POST, f"{POST}/standby"}
    with county.work() as work:
        accounts.set_password(work, link.token, "拉马桥的一天2026")
    with county.work() as work:
        assert accounts.sign_in(work, "zhang.san", "拉马桥的一天2026", "here", accounts.IDLE)
        with pytest.raises(NotFoundError):
            accounts.set_password(work, link.token, "another one 2026")


def test_a_list_that_was_applied_changes_nothing_the_second_time(county):
    apply(county, NEW)
    with county.work() as work:
        before = len(roster.changes(work.session, limit=1000))

    assert apply(county, NEW) == []

    with county.work() as work:
        assert len(roster.changes(work.session, limit=1000)) == before
    assert plan(county, NEW).people[0].change is Change.UNCHANGED


def test_who_stands_in_no_row_is_listed_and_leaves_only_when_asked(county):
    head = "village.dagujiazi.lamaqiao.head"
    deputy = f"{head.removesuffix('head')}deputy"
    posts = "、".join(f"village/dagujiazi/lamaqiao/{each}" for each in ("head", "deputy"))
    text = row_of(county, head, posts)
    logins = [one.login for one in plan(county, text).leaves]
    assert deputy in logins
    apply(county, text)
    assert county.actor(deputy).posts

    everybody_else = "".join(
        row_of(county, one.login, "、".join(one.ends))
        for one in plan(county, text).leaves
        if one.login != deputy
    )
    apply(county, text + everybody_else, retire=True)

    with county.work() as work:
        assert people.by_login(work.session, deputy) is None
        what = [row.what for row in roster.changes(work.session, limit=10)]
    assert "retired" in what
    assert [link.login for link in apply(county, row_of_left(deputy))] == [deputy]


def row_of_left(login: str) -> str:
    return f"{login},示例,,village/dagujiazi/lamaqiao,单位,village/dagujiazi/lamaqiao/deputy,,,,\n"


def test_nobody_leaves_a_post_without_a_successor(county):
    looked = plan(county, row_of(county, HOLDER, ""))

    assert codes(looked.faults) == ["post_abandoned"]
    assert POST in str(looked.faults[0])
    with pytest.raises(RefusedError, match="staff_list_faults"):
        apply(county, row_of(county, HOLDER, ""))
    assert codes(plan(county, row_of(county, HOLDER, "") + NEW).faults) == []


def test_the_last_administrator_stays(county):
    text = row_of(county, "admin", "").replace("admin,,", "supervisor,,")

    assert codes(plan(county, text).faults) == ["no_admin_left"]


def test_a_column_that_the_list_does_not_have_leaves_what_stands(county):
    with county.work() as work:
        one = demo_staff.by_login(work.session, HOLDER)
    text = f"{HOLDER},新名字,{one.unit},officer\n"

    [planned] = plan(county, text, headers="login,name,unit,role\n").people

    assert (planned.fields, planned.starts, planned.ends) == (("name",), (), ())


def test_another_plan_than_the_one_that_was_seen_is_refused(county):
    seen = plan(county, NEW).digest
    apply(county, NEW.replace("张三", "张三丰"))

    with county.work(county.actor("admin")) as work, pytest.raises(RefusedError, match="changed"):
        staffing.apply(work, listed(county, NEW), retire=False, seen=seen)
    with county.work(county.actor("supervisor")) as work, pytest.raises(NotAllowedError):
        staffing.apply(work, listed(county, NEW), retire=False)


def test_the_template_can_be_read_back(county):
    made = staff_list.read_list("模板.xlsx", staff_list.template(), county.kit.maps.current)

    assert [(line.role, line.posts) for line in made.lines] == [(Role.OFFICER, (POST,))]
    assert made.faults == []


def test_the_shell_rehearses_and_prints_links_once(county, tmp_path):
    settings = county.settings
    path = tmp_path / "人员.csv"
    path.write_text(HEADERS + NEW, encoding="gb18030")
    env = {
        "HOTLINE_ENV": "test",
        "HOTLINE_DATABASE_URL": settings.database_url.get_secret_value(),
        "HOTLINE_GRID_MAP": str(settings.grid_map),
    }

    rehearsed = CliRunner(env=env).invoke(main, ["staff", "import", str(path)])
    done = CliRunner(env=env).invoke(main, ["staff", "import", str(path), "--apply"])
    again = CliRunner(env=env).invoke(main, ["staff", "import", str(path), "--apply"])

    assert "added=1" in rehearsed.output
    assert "/set-password/" not in rehearsed.output
    assert "/set-password/" in done.output
    assert "unchanged=1" in again.output
    assert "/set-password/" not in again.output
