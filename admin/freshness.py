"""A form token that was signed with another secret (an earlier demo at the same address) is dropped, so that a new one is set."""

import hmac

from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.middleware.csrf import CSRF_SECRET_LENGTH, generate_csrf_hash
from litestar.types import ASGIApp, Receive, Scope, Send

TOKEN_COOKIE = "duiqi_csrf"  # the cookie's name


class DropStaleToken(ASGIMiddleware):
    """Without it, a browser that kept such a token could never send a form again."""

    scopes = (ScopeType.HTTP,)

    def __init__(self, secret: str) -> None:
        self.secret = secret

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        scope["headers"] = [
            (name, self.fresh(value) if name == b"cookie" else value) for name, value in scope["headers"]
        ]
        await next_app(scope, receive, send)

    def fresh(self, cookies: bytes) -> bytes:
        """The cookie header without a token that is not ours."""
        name = TOKEN_COOKIE.encode() + b"="
        parts = cookies.split(b"; ")
        return b"; ".join(part for part in parts if not part.startswith(name) or self.is_ours(part.removeprefix(name)))

    def is_ours(self, token: bytes) -> bool:
        random, signature = token[:CSRF_SECRET_LENGTH], token[CSRF_SECRET_LENGTH:]
        return hmac.compare_digest(signature, generate_csrf_hash(random.decode("latin-1"), self.secret).encode())
