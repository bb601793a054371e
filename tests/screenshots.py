"""Take the README's pictures: ``make screenshots``.

A real hotline is started, one night is played on it by everybody's own pages, and pictures are
taken on the way: 02:00 in 大孤家子镇, no water, and nobody answers at the water utility.
"""

import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page

from hotline.clock import COUNTY_ZONE
from hotline.demo.carrier.people import answers, never_answers, press, say, silent
from hotline.demo.staff import PASSWORD
from hotline.domain.tickets import Action, Status
from hotline.services.proof import audit
from tests.browser_tools import open_browser
from tests.live import Live, live, phone_of
from tests.servers import own_servers

FOLDER: Final = Path(__file__).resolve().parents[1] / "docs" / "pictures"
PHONE: Final = (360, 740)
DESK: Final = (1440, 1000)
CALLER: Final = "+8613800001111"
OFFICER: Final = "grid.dagujiazi.lamaqiao"
WATER: Final = "utility.water.duty"
_COLOURS: Final = 200
# Beginnings of the night, in the county's time.
_NIGHT: Final = 2
_VISIBLE_IMAGES_ARE_THERE: Final = """() => [...document.images].every(
  (image) => image.complete || image.getBoundingClientRect().top > innerHeight)"""


@dataclass
class Night:
    """The running hotline, its visitors' pages, and the pictures taken so far."""

    hotline: Live
    browser: Browser
    pages: dict[str, Page] = field(default_factory=dict)

    def page(self, login: str, size: tuple[int, int], language: str = "zh-CN") -> Page:
        """Return somebody's own device, signed in at its first use."""
        name = f"{login} {size} {language}"
        if name not in self.pages:
            context = self.browser.new_context(
                viewport={"width": size[0], "height": size[1]},
                device_scale_factor=2 if size == PHONE else 1,
                locale=language,
                timezone_id="Asia/Shanghai",
                reduced_motion="reduce",
                service_workers="block",
                has_touch=size == PHONE,
                geolocation={"latitude": 42.506431, "longitude": 123.416002},
                permissions=["geolocation"],
            )
            page = self.pages[name] = context.new_page()
            page.goto(f"{self.hotline.url}/sign-in")
            page.locator("[name=login]").fill(login)
            page.locator("[name=password]").fill(PASSWORD)
            page.locator("main form button").click()
            page.wait_for_url(lambda url: not url.endswith("/sign-in"))
        return self.pages[name]

    def phone(self, number: str) -> Page:
        """Return the page of the telephone company that shows one telephone."""
        context = self.browser.new_context(
            viewport={"width": PHONE[0], "height": PHONE[1]},
            device_scale_factor=2,
            locale="zh-CN",
            reduced_motion="reduce",
        )
        page = context.new_page()
        page.goto(f"{self.hotline.carrier.url}/phones/{number}")
        page.locator("#log").get_by_text("再见").last.wait_for()
        return page

    def wait_for(self, number: str, action: Action, count: int = 1) -> None:
        """Wait until something happened to a ticket so often, and everybody was told of it."""
        county = self.hotline.county
        self.hotline.wait_until(lambda: len(county.events(number, action)) >= count)
        self.hotline.wait_until(
            lambda: all(row.state not in {"waiting", "sending"} for row in county.messages(number))
        )


def keep(page: Page, name: str, *, height: int | None = None, top: str | None = None) -> None:
    """Keep a picture of what is on the screen, in few colours and few bytes.

    Args:
        page: as it stands.
        name: of the file, without its ending.
        height: of the picture in CSS pixels, if it is to be higher than the screen.
        top: what to scroll to the top of the screen, if not the page's beginning.
    """
    size = page.viewport_size or {"width": PHONE[0], "height": PHONE[1]}
    if height is not None:
        page.set_viewport_size({"width": size["width"], "height": height})
    page.evaluate("() => document.activeElement.blur()")
    if top is not None:
        page.locator(top).first.evaluate("element => element.scrollIntoView()")
    page.wait_for_function(_VISIBLE_IMAGES_ARE_THERE)
    picture = Image.open(BytesIO(page.screenshot())).convert("RGB")
    if height is not None:
        page.set_viewport_size({"width": size["width"], "height": size["height"]})
    FOLDER.mkdir(parents=True, exist_ok=True)
    path = FOLDER / f"{name}.png"
    few = picture.quantize(_COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    few.save(path, optimize=True)
    sys.stdout.write(f"{path.name} {path.stat().st_size // 1000} kB\n")


def play(night: Night) -> None:
    """Play the night from the call to the proof."""
    number = call_the_hotline(night)
    whistle_for_water(night, number)
    let_it_climb(night, number)
    report_in(night, number)
    submit_with_a_photo(night, number)
    ask_the_caller(night, number)
    prove(night, number)
    fill_the_desk(night)


def call_the_hotline(night: Night) -> str:
    """02:00: a woman calls; operators' telephones ring in vain; the machine takes it."""
    heard = night.hotline.call(CALLER, say("我在大孤家子镇拉马桥村，家里没水了"))
    keep(night.phone(CALLER), "1-call")
    return re.sub(r"\D", "", re.findall(r"工单号([\d ，]{15,})", heard[-1])[0])


def whistle_for_water(night: Night, number: str) -> None:
    """The officer's phone shows the ticket; he signs and whistles."""
    page = night.page(OFFICER, PHONE)
    page.goto(f"{night.hotline.url}/field/")
    keep(page, "2-officer-list")
    page.goto(f"{night.hotline.url}/field/tickets/{number}")
    keep(page, "3-officer-ticket")
    page.get_by_role("button", name="签收").click()
    night.wait_for(number, Action.ACCEPT)
    address = f"{night.hotline.url}/field/tickets/{number}"
    send(page, f"{address}/contact", outcome="reached", text="全村没水，家里有老人")
    page.goto(f"{address}/whistle")
    page.locator("[name=kind][value=emergency]").check()
    page.locator("[name=units][value='utility/water']").check()
    page.locator("[name=text]").fill("主管道爆裂，全村没水")
    keep(page, "4-whistle", top="body")
    page.locator("main form button").last.click()
    night.wait_for(number, Action.WHISTLE)


def let_it_climb(night: Night, number: str) -> None:
    """Nobody at the utility answers: five minutes to the town, ten to the county leader."""
    night.hotline.forward(minutes=5, seconds=1)
    night.wait_for(number, Action.CLIMB, 1)
    night.hotline.forward(minutes=5)
    night.wait_for(number, Action.CLIMB, 2)
    page = night.page(OFFICER, PHONE)
    page.goto(f"{night.hotline.url}/field/tickets/{number}")
    keep(page, "5-climbed", top="#whistles")


def report_in(night: Night, number: str) -> None:
    """The utility wakes up: heard, on site, done."""
    [party] = night.hotline.county.parties(number)
    page = night.page(WATER, PHONE)
    address = f"{night.hotline.url}/field/whistles/{party.id}"
    page.goto(address)
    keep(page, "6-unit-called")
    send(page, f"{address}/acknowledge")
    night.hotline.forward(minutes=14)
    send(page, f"{address}/arrive", latitude="42.506431", longitude="123.416002")
    night.hotline.forward(minutes=48)
    officer = night.page(OFFICER, PHONE)
    ticket = f"{night.hotline.url}/field/tickets/{number}"
    officer.goto(ticket)
    send(officer, f"{ticket}/danger-gone", whistle=str(party.whistle_id))
    send(page, f"{address}/finish", text="已更换爆裂管段，恢复供水")
    night.wait_for(number, Action.FINISH)


def submit_with_a_photo(night: Night, number: str) -> None:
    """The officer ends the whistle, and claims a result with its proof."""
    [whistle] = {party.whistle_id for party in night.hotline.county.parties(number)}
    page = night.page(OFFICER, PHONE)
    address = f"{night.hotline.url}/field/tickets/{number}"
    page.goto(address)
    send(page, f"{address}/check-in", latitude="42.506431", longitude="123.416002")
    send(page, f"{address}/end-whistle", whistle=str(whistle))
    page.goto(f"{address}/submit")
    page.locator("[name=kind][value=acted]").check()
    page.locator("[name=text]").fill("水管已修好，入户看过，已恢复供水")
    page.locator("[name=photos]").set_input_files(
        {"name": "done.jpg", "mimeType": "image/jpeg", "buffer": a_photo()}
    )
    keep(page, "7-submit")


def ask_the_caller(night: Night, number: str) -> None:
    """The caller is rung back, and says whether it is true."""
    night.hotline.carrier.set_person(CALLER, answers(press("1"), press("5"), silent()))
    page = night.page(OFFICER, PHONE)
    page.locator("main form button[type=submit], main form button:not([type])").last.click()
    night.wait_for(number, Action.RATE)
    night.hotline.wait_until(lambda: night.hotline.county.ticket(number).status is Status.ARCHIVED)
    keep(night.phone(CALLER), "8-asked")


def prove(night: Night, number: str) -> None:
    """A root is signed; a supervisor sees the whole night on one page, in either language."""
    county = night.hotline.county
    audit.seal_and_export(county.work, county.settings.roots_dir)
    for language, name in (("zh-CN", "9-night"), ("en", "9-night-en")):
        page = night.page("supervisor", DESK, language)
        page.goto(f"{night.hotline.url}/audit/tickets/{number}")
        keep(page, name, height=1360)


def fill_the_desk(night: Night) -> None:
    """Other callers of the night wait for an operator."""
    night.hotline.call(
        "+8613800002222", say("孟家镇大房申村有人煤气中毒"), press("1"), say("三个人，都晕了")
    )
    for number, words in (
        ("+8613800003333", "家里没电了"),
        ("+8613800004444", "桃山村路灯坏了半个月没人管"),
        ("+8613800005555", "我要反映一个事"),
    ):
        night.hotline.carrier.text(number, words)
        night.hotline.forward(minutes=2)
    night.hotline.carrier.settle()
    page = night.page("operator1", DESK)
    page.goto(f"{night.hotline.url}/console/")
    keep(page, "0-desk")


def send(page: Page, address: str, **fields: str) -> None:
    """Send a command as the page's own script would, from the same device."""
    answer = page.request.post(
        address,
        form={"command_id": page.evaluate("() => crypto.randomUUID()"), **fields},
        headers={"Sec-Fetch-Site": "same-origin"},
    )
    if not answer.ok:
        raise AssertionError(f"{address}: {answer.status} {answer.text()[-2000:]}")


def a_photo() -> bytes:
    """Draw a mended pipe: photos of real places would be somebody's."""
    picture = Image.new("RGB", (1200, 900), "#7a6a55")
    draw = ImageDraw.Draw(picture)
    for left in range(0, 1200, 60):
        draw.line((left, 0, left - 300, 900), fill="#6e5f4b", width=14)
    draw.rounded_rectangle((-40, 380, 1240, 520), 70, fill="#b8c4cc")
    draw.rounded_rectangle((-40, 396, 1240, 430), 17, fill="#dfe7ec")
    draw.rounded_rectangle((480, 350, 720, 550), 24, fill="#2f6fa5")
    for x in (510, 690):
        draw.ellipse((x - 14, 436, x + 14, 464), fill="#e8eef2")
    out = BytesIO()
    picture.save(out, "JPEG", quality=85)
    return out.getvalue()


@contextmanager
def opened() -> Iterator[Night]:
    """A running hotline at 02:00, and a browser."""
    with ExitStack() as stack:
        servers = stack.enter_context(own_servers())
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        hotline = stack.enter_context(live(servers, folder))
        now = hotline.county.now().astimezone(COUNTY_ZONE)
        tonight = datetime(now.year, now.month, now.day, _NIGHT, tzinfo=COUNTY_ZONE)
        wait = tonight - now if tonight > now else tonight + timedelta(days=1) - now
        hotline.forward(seconds=wait.total_seconds())
        for login in ("operator1", "operator2"):
            hotline.carrier.set_person(phone_of(hotline.county, login), never_answers())
        for login in ("town.dagujiazi.lead", "county.leader"):
            hotline.caller_answers(phone_of(hotline.county, login), "1")
        hotline.carrier.add_phones(
            [
                {"number": CALLER, "name": "示例来电人", "name_en": "Caller", "role": "caller"},
                *(
                    {
                        "number": phone_of(hotline.county, login),
                        "name": name,
                        "name_en": name,
                        "role": "staff",
                    }
                    for login, name in ((OFFICER, "示例·网格员"), (WATER, "示例·自来水公司"))
                ),
            ]
        )
        yield Night(hotline, stack.enter_context(open_browser()))


if __name__ == "__main__":
    with opened() as night_:
        play(night_)
