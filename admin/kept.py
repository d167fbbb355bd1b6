"""Parts of pages that are the same for many readers are rendered and encoded once."""

import re
import secrets
from collections import OrderedDict
from collections.abc import Callable, Hashable

from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup

PARTS = 64
"""So many rendered parts are kept, the last used ones."""
PAGES = 512
"""So many readers' pages are kept; of each only what is its own, since the parts are shared."""
Key = tuple[str, int, str, tuple[Hashable, ...]]


class Kept:
    """The templates' `kept(name, about, …)` leaves a mark in the page; `fill` puts the kept part there, as bytes.

    A part is rendered anew only when it is `about` another object. Everything else that its template reads has to be named
    after `about`; the language is. Nothing in it may be one reader's own.
    """

    def __init__(self) -> None:
        self._pages: OrderedDict[Hashable, tuple[object, object, list[bytes]]] = OrderedDict()
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
        return b"".join(self._pieces(page))

    def page(self, key: Hashable, reader: object, about: object, render: Callable[[], str]) -> bytes:
        """A whole page, rendered anew when the `key` is new, the `reader` differs or it is `about` another object."""
        found = self._pages.get(key)
        if found is None or found[1] is not about or found[0] != reader:
            found = self._pages[key] = reader, about, self._pieces(render().encode())
            if len(self._pages) > PAGES:
                self._pages.popitem(last=False)
        self._pages.move_to_end(key)
        return b"".join(found[2])

    def _pieces(self, page: bytes) -> list[bytes]:
        pieces = self._mark.split(page)
        pieces[1::2] = [self._bytes[int(number)] for number in pieces[1::2]]
        return pieces

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
