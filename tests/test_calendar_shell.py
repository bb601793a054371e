"""``hotline calendar`` as an administrator types it."""

import pytest
from click.testing import CliRunner

from hotline.cli.main import main
from tests.services.test_calendar import NOTICE, YEAR, ticket  # noqa: F401  the fixture


@pytest.fixture
def shell(county, tmp_path, monkeypatch):
    """Type a command on the county's database; settings come from the environment."""
    settings = county.settings
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOTLINE_ENV", "test")
    monkeypatch.setenv("HOTLINE_DATABASE_URL", settings.database_url.get_secret_value())
    monkeypatch.setenv("HOTLINE_REDIS_URL", settings.redis_url.get_secret_value())
    monkeypatch.setenv("HOTLINE_GRID_MAP", str(settings.grid_map))
    (tmp_path / "n.csv").write_text(NOTICE, encoding="utf-8")
    return lambda *typed: CliRunner().invoke(main, ["calendar", *typed])


def test_a_notice_is_checked_looked_at_and_taken_in(shell, ticket, tmp_path):  # noqa: F811
    assert "没有错误" in shell("check", "n.csv").output
    assert f"{YEAR}: 没有通知" in shell("check").output
    told = ("n.csv", "--source", "2026年第8号", "--by", "管理员")
    looked = shell("import", *told, "--dry-run").output
    assert "什么都没有改" in looked
    assert f"办理：{YEAR}-01-05 17:00 → {YEAR}-01-07 17:00（北京时间）" in looked
    nameless = shell("import", "n.csv", "--source", " ", "--by", "管理员")
    assert (nameless.exit_code, "不能为空" in nameless.output) == (2, True)

    taken = shell("import", *told)

    assert (taken.exit_code, "1 件的时限有变化" in taken.output) == (0, True), taken.output
    assert "没有变化" in shell("import", *told).output
    assert f"{YEAR}: 已公布" in shell("check").output
    (tmp_path / "less.csv").write_text(f"日期,类型\n{YEAR}-01-01,休\n", encoding="utf-8")
    fewer = shell("import", "less.csv", *told[1:], "--dry-run").output
    assert f"{YEAR}-01-10（周日）：调休上班 → 照常" in fewer
    assert f"{YEAR}-01-04（周一）：放假 → 照常" in fewer
    assert ticket
