"""Addresses of a list's neighbouring pages; the list itself is `hotline.store.paging`.

A page may show several lists: each has an argument of its own in the address, and turning over one
leaves the others where they are.
"""

from typing import Any

from flask import Flask, request, url_for

from hotline.store.paging import Page


def init_app(app: Flask) -> None:
    """Give templates `page_links` and `here`."""
    app.jinja_env.globals.update(page_links=page_links, here=here)


def place(name: str = "page") -> str:
    """Return where the list called ``name`` begins, as the address says."""
    return request.args.get(name, "")


def page_links(page: Page[Any], name: str = "page") -> tuple[str | None, str | None]:
    """Return the addresses of the earlier and the later page of the list called ``name``."""
    return _link(page.earlier, name), _link(page.later, name)


def here() -> str:
    """Return this page's own address, for a part that refreshes itself."""
    return _address({})


def _link(at: str | None, name: str) -> str | None:
    return None if at is None else _address({name: at})


def _address(changed: dict[str, str]) -> str:
    values = {**request.args.to_dict(), **(request.view_args or {}), **changed}
    values.pop("done", None)
    return url_for(str(request.endpoint), **values)
