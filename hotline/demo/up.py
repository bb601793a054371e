"""``hotline up``: the whole hotline on one machine, with the sample county and a fake carrier."""

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from pydantic import HttpUrl, SecretStr

from config import Settings, read_settings
from hotline.demo import staff
from hotline.domain.grid.model import GridMap
from hotline.embedded.processes import EmbeddedError, pick_port
from hotline.embedded.servers import EmbeddedServers
from hotline.embedded.state import default_data_dir
from hotline.embedded.supervisor import Supervisor
from hotline.map_file.reading import read_grid

ROOT: Final = Path(__file__).resolve().parents[2]
CARRIER_PORT: Final = 8346
# Outside production nobody dials the real ones: telephones of the fake carrier stand in.
STAND_INS: Final[Mapping[str, str]] = {
    "110": "+8619900009110",
    "119": "+8619900009119",
    "120": "+8619900009120",
    "122": "+8619900009122",
}
_README_VILLAGE: Final = "210124101201"
_WELCOME: Final = """
哨到 Shaodao 已就绪

  工作台 Desks          {web}
  电话网 Fake carrier   {carrier}   （在这里当来电人，也在这里接话务员和网格员的电话）
  通知 Notices          {carrier}/notices   （企业微信、钉钉、飞书）

  账号 Log-ins，密码都是 password for all: {password}
    operator1                          话务员 operator
    {officer:<34} 网格员 grid officer（{village}）
    utility.water.duty                 自来水公司 water utility
    supervisor                         督办员 supervisor
    admin                              管理员 admin

  试一试 Try（另开一个终端 in a second terminal）
    .venv/bin/hotline demo call {town}{village}停水了
    .venv/bin/hotline demo forward 10m        时间前移，看逐级上升 move the time, watch it climb
    README.md 里有五分钟的完整一夜 has the whole night in five minutes

  Ctrl-C 结束 ends everything；数据保留 data is kept；make reset 清空 starts over
"""


@dataclass(frozen=True, slots=True)
class Running:
    """Where the running demonstration is."""

    web_url: str
    carrier_url: str
    database_url: str
    owner_database_url: str
    redis_url: str


def run() -> None:
    """Start servers, processes and carrier; return when told to stop.

    Servers named by the settings' URLs are used instead of the embedded ones.

    Raises:
        EmbeddedError: something could not be started.
        SettingsError: the settings are wrong.
    """
    settings = read_settings()
    if settings.env == "production":
        raise EmbeddedError("`up` is for trial and demonstration; production runs the Procfile")
    data_dir = default_data_dir()
    if settings.database_url is not None and settings.redis_url is not None:
        data_dir.mkdir(parents=True, exist_ok=True)
        _run(settings, data_dir, _given(settings), lambda: None)
        return
    with EmbeddedServers(data_dir) as servers:
        urls = {
            "HOTLINE_DATABASE_URL": servers.app_url,
            "HOTLINE_OWNER_DATABASE_URL": servers.owner_url,
            "HOTLINE_REDIS_URL": servers.redis_url,
        }
        _run(settings, data_dir, urls, servers.revive)


def running() -> Running:
    """Return where the demonstration runs.

    Raises:
        EmbeddedError: it does not.
    """
    try:
        return Running(**json.loads(_note(default_data_dir()).read_text(encoding="utf-8")))
    except FileNotFoundError as error:
        raise EmbeddedError("没有在运行：先执行 make run") from error


def settings_of(settings: Settings) -> Settings:
    """Return ``settings`` with the servers and folders of the running demonstration.

    Raises:
        EmbeddedError: it does not run.
    """
    place, data_dir = running(), default_data_dir()
    return settings.model_copy(
        update={
            "database_url": SecretStr(place.database_url),
            "owner_database_url": SecretStr(place.owner_database_url),
            "redis_url": SecretStr(place.redis_url),
            "public_url": HttpUrl(place.web_url),
            "carrier_url": HttpUrl(place.carrier_url),
            "media_dir": data_dir / "media",
            "roots_dir": data_dir / "roots",
        }
    )


def _run(
    settings: Settings, data_dir: Path, urls: Mapping[str, str], tick: Callable[[], None]
) -> None:
    web_port, carrier_port = pick_ports(settings.port)
    place = Running(
        web_url=f"http://127.0.0.1:{web_port}",
        carrier_url=f"http://127.0.0.1:{carrier_port}",
        database_url=urls["HOTLINE_DATABASE_URL"],
        owner_database_url=urls["HOTLINE_OWNER_DATABASE_URL"],
        redis_url=urls["HOTLINE_REDIS_URL"],
    )
    env = {
        **os.environ,
        **urls,
        "HOTLINE_ENV": settings.env,
        "HOTLINE_HOST": settings.host,
        "HOTLINE_PORT": str(web_port),
        "HOTLINE_PUBLIC_URL": place.web_url,
        "HOTLINE_CARRIER_URL": place.carrier_url,
        "HOTLINE_EMERGENCY_NUMBERS": ",".join(f"{k}={v}" for k, v in STAND_INS.items()),
        **_notices(settings, place.carrier_url),
        "HOTLINE_MEDIA_DIR": str(data_dir / "media"),
        "HOTLINE_ROOTS_DIR": str(data_dir / "roots"),
        "HOTLINE_GRID_MAP": str(settings.grid_map.resolve()),
    }
    # Written before the processes start: it holds passwords, so only we may read it.
    note = _note(data_dir)
    note.touch(mode=0o600)
    note.write_text(json.dumps(asdict(place)), encoding="utf-8")
    carrier = ["python", "-m", "hotline.demo.telephones", str(carrier_port)]

    try:
        Supervisor(ROOT / "Procfile", env, {"carrier": carrier}, tick=tick).run(
            lambda: _welcome(place, settings)
        )
    finally:
        note.unlink(missing_ok=True)


def _welcome(place: Running, settings: Settings) -> None:
    """Say that everything runs, and what to try next."""
    example = _example(read_grid(settings.grid_map))
    said = {"web": place.web_url, "carrier": place.carrier_url, "password": staff.PASSWORD}
    print(_WELCOME.format(**said, **example), flush=True)


def _example(grid_map: GridMap) -> dict[str, str]:
    """Return a village to try things with: the one of the README, or this county's first."""
    grid = grid_map.grids.get(_README_VILLAGE) or next(iter(grid_map.grids.values()))
    return {
        "officer": staff.login_of(grid.officer),
        "village": grid.name.zh,
        "town": grid_map.town_of(grid.code).name.zh,
    }


def _notices(settings: Settings, carrier_url: str) -> dict[str, str]:
    """Return the robots that the fake carrier plays, unless the settings name others."""
    if settings.notice_wecom or settings.notice_dingtalk or settings.notice_feishu:
        return {}
    gateway = f"?gateway={carrier_url}"
    return {
        "HOTLINE_NOTICE_WECOM": f"wecombot://demo-wecom/{gateway}",
        "HOTLINE_NOTICE_DINGTALK": f"dingtalk://demodingtalk/{gateway}",
        "HOTLINE_NOTICE_FEISHU": f"feishu://demo-feishu/{gateway}",
    }


def pick_ports(wanted: int) -> tuple[int, int]:
    """Return free ports for the web and the carrier, never the same one."""
    web = pick_port(wanted)
    # Nobody listens on the web's port yet: the carrier's search must start behind it.
    return web, pick_port(CARRIER_PORT if web < CARRIER_PORT else web + 1)


def _given(settings: Settings) -> dict[str, str]:
    if settings.database_url is None or settings.redis_url is None:
        raise EmbeddedError("HOTLINE_DATABASE_URL and HOTLINE_REDIS_URL go together")
    if settings.owner_database_url is None:
        raise EmbeddedError("HOTLINE_OWNER_DATABASE_URL is needed for the release step")
    return {
        "HOTLINE_DATABASE_URL": settings.database_url.get_secret_value(),
        "HOTLINE_OWNER_DATABASE_URL": settings.owner_database_url.get_secret_value(),
        "HOTLINE_REDIS_URL": settings.redis_url.get_secret_value(),
    }


def _note(data_dir: Path) -> Path:
    return data_dir / "running.json"
