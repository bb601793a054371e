"""Headers of every answer: what a page may load, and who may frame or keep it."""

from typing import Final

from flask import Flask, Response, request

# No inline script, no inline style, no eval, nobody else's host. `blob:` and `data:` are for the
# small copies of photos that an officer is about to send.
CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
    "media-src 'self'; font-src 'self'; connect-src 'self'; manifest-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)

_HEADERS: Final = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(self), camera=(self), microphone=(), payment=(), usb=()",
}
_HTTPS_ONLY: Final = "max-age=31536000"


def init_app(app: Flask) -> None:
    """Send the headers with every answer of ``app``, errors included."""
    app.after_request(_add)


def _add(response: Response) -> Response:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", _HTTPS_ONLY)
    # Pages are about people: shared machines keep none of them. Built files say otherwise.
    response.headers.setdefault("Cache-Control", "no-store")
    return response
