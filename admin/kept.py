"""Parts of pages that are the same for many readers are rendered and encoded once."""

import re
import secrets
from collections import OrderedDict
from collections.abc import Hashable
from typing import Any

from jinja2 import pass_context
from jinja2.runtime import Context
from litestar.response import Template
from litestar.response.base import ASGIResponse
from markupsafe import Markup

PARTS = 64
"""So many rendered parts are kept, the last used ones."""
Key = tuple[str, int, str, tuple[Hashable, ...]]


class Kept:
    """The templates' `kept(name, about, …)` leaves a mark in the page; `fill` puts the kept part there, as bytes.

    A part is rendered anew only when it is `about` another object. Everything else that its template reads has to be named
    after `about`; the language is. Nothing in it may be one reader's own.
    """

    def __init__(self) -> None:
        self._parts: OrderedDict[Key, tuple[object, int]] = OrderedDict()
        self._bytes: dict[int, bytes] = {}
        self._made = 0
        self._salt = secrets.token_hex(8)
        self._mark = re.compile(rf"<kept-{self._salt}-(\d+)>".encode())

    @pass_context
    def part(self, context: Context, name: str, about: object, /, *reads: Hashable) -> Markup:
        key = name, id(about), str(context["lang"]), reads
        found = self._parts.get(key)
        if found is None or found[0] is not about:
            text = context.environment.get_template(name).render(context.get_all())
            found = self._keep(key, about, self.fill(text.encode()))
        self._parts.move_to_end(key)
        return Markup(f"<kept-{self._salt}-{found[1]}>")  # a mark of ours that nobody can guess

    def fill(self, page: bytes) -> bytes:
        """The page with its parts."""
        return self._mark.sub(lambda found: self._bytes[int(found[1])], page)

    def _keep(self, key: Key, about: object, part: bytes) -> tuple[object, int]:
        self._made += 1
        found = about, self._made
        before = self._parts.pop(key, None)
        self._parts[key], self._bytes[self._made] = found, part
        gone = [before] if before else []
        gone += [self._parts.popitem(last=False)[1] for _ in range(len(self._parts) - PARTS)]
        for _, number in gone:
            del self._bytes[number]
        return found


class Page(Template):
    """A template's answer with its kept parts filled in."""

    def to_asgi_response(self, *args: Any, **options: Any) -> ASGIResponse:
        answer = super().to_asgi_response(*args, **options)
        request = options.get("request") or args[1]
        kept: Kept = request.app.state["kept"]
        answer.body = kept.fill(answer.body)
        answer.content_length = len(answer.body)
        if not answer.is_head_response:
            answer.headers["content-length"] = str(answer.content_length)
        return answer
