"""What browsers load is small, is ours or locked, and was built from these very sources."""

import gzip
import json
import re
import shutil
from pathlib import Path

import pytest

import hatch_build
from hotline.web.static_files import STATIC, read_assets

ROOT = Path(__file__).resolve().parents[2]
LOCKS = [ROOT / "assets" / "package-lock.json", ROOT / "tests" / "browser" / "package-lock.json"]


def test_the_built_files_are_those_of_the_sources():
    assert hatch_build.assets_are_fresh(ROOT), "run `python hatch_build.py`"


def test_a_changed_source_and_a_lost_file_are_noticed(tmp_path: Path):
    shutil.copytree(ROOT / "assets", tmp_path / "assets", ignore=_installed)
    built = tmp_path / STATIC.relative_to(ROOT)
    shutil.copytree(STATIC, built)
    assert hatch_build.assets_are_fresh(tmp_path)

    source = tmp_path / "assets" / "src" / "field.js"
    before = source.read_text(encoding="utf-8")
    source.write_text(before + "// changed", encoding="utf-8")
    assert not hatch_build.assets_are_fresh(tmp_path)

    source.write_text(before, encoding="utf-8")
    (built / read_assets()["site.css"].name).unlink()
    assert not hatch_build.assets_are_fresh(tmp_path)


def test_officers_load_at_most_20_kb_of_style():
    assert _built("site.css").stat().st_size <= 20_000


def test_all_that_an_officers_first_page_loads_beside_itself_fits_a_slow_network():
    names = ("site.css", "field.js", "icon.svg")

    assert sum(len(gzip.compress(_built(name).read_bytes())) for name in names) <= 10_000


def test_each_built_file_has_its_compressed_twins():
    for name in read_assets():
        content = _built(name).read_bytes()

        assert gzip.decompress(Path(f"{_built(name)}.gz").read_bytes()) == content
        assert Path(f"{_built(name)}.br").stat().st_size < len(content)


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.parent.name)
def test_lock_files_name_contents_and_no_addresses(lock: Path):
    packages = json.loads(lock.read_text(encoding="utf-8"))["packages"]
    installed = [package for path, package in packages.items() if path]

    assert all(package["integrity"].startswith("sha512-") for package in installed)
    assert not any("resolved" in package for package in installed)


def test_templates_hold_no_inline_script_or_style():
    forbidden = re.compile(r"<style|<script(?![^>]*\bsrc=)|\sstyle=|\son[a-z]+=|javascript:|hx-on")
    folder = ROOT / "hotline" / "web" / "templates"
    broken = [
        path.name for path in folder.rglob("*.html") if forbidden.search(path.read_text("utf-8"))
    ]

    assert broken == []


def test_nothing_is_loaded_from_elsewhere():
    loaded = re.compile(r"""(?:src|href|url)\s*[=(]\s*["']?(?:https?:)?//""")
    sources = [*(ROOT / "hotline/web/templates").rglob("*.html"), *(ROOT / "assets/src").iterdir()]

    assert [path.name for path in sources if loaded.search(path.read_text("utf-8"))] == []


def _installed(_folder: str, names: list[str]) -> list[str]:
    return [name for name in names if name == "node_modules"]


def _built(name: str) -> Path:
    return STATIC / read_assets()[name].name
