"""The security headers of every answer, errors included."""

from litestar.types import Message, Scope

HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


_ENCODED = [
    (name.encode(), value.encode("latin-1")) for name, value in {**HEADERS, "cache-control": "no-store"}.items()
]


async def secure(message: Message, scope: Scope) -> None:
    """Adds the headers before the answer starts; pages are never kept by a cache."""
    if message["type"] == "http.response.start":
        given = list(message.get("headers", ()))
        names = {name.lower() for name, _ in given}
        message["headers"] = given + [header for header in _ENCODED if header[0] not in names]
