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
"""So many readers' pages are kept; of each only what is its own, since the parts are held once, and only as long as they are used."""
Key = tuple[str, int, str, tuple[Hashable, ...]]


class Kept:
    """The templates' `kept(name, about, …)` leaves a mark in the page; `fill` puts the kept part there, as bytes.

    A part is rendered anew only when it is `about` another object. Everything else that its template reads has to be named
    after `about`; the language is. Nothing in it may be one reader's own.
    """

    def __init__(self) -> None:
        self._pages: OrderedDict[Hashable, tuple[object, bytes]] = OrderedDict()
        self._parts: OrderedDict[Key, tuple[object, int]] = OrderedDict()
        self._held: dict[int, tuple[object, bytes]] = {}
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
        return self._mark.sub(lambda found: self._held[int(found[1])][1], page)

    def page(self, key: Hashable, reader: object, about: object, render: Callable[[], str]) -> bytes:
        """A whole page, rendered anew when the `key` is new, the `reader` differs or it has no held part `about` the object."""
        found = self._pages.get(key)
        if found is None or found[0] != reader or not self._is_about(found[1], about):
            found = self._pages[key] = reader, render().encode()
            if len(self._pages) > PAGES:
                self._pages.popitem(last=False)
        self._pages.move_to_end(key)
        return self.fill(found[1])

    def _is_about(self, page: bytes, about: object) -> bool:
        held = [self._held.get(int(number)) for number in self._mark.findall(page)]
        return all(held) and any(each is not None and each[0] is about for each in held)

    def _keep(self, key: Key, about: object, part: bytes) -> tuple[object, int]:
        self._made += 1
        found = about, self._made
        before = self._parts.pop(key, None)
        self._parts[key], self._held[self._made] = found, (about, part)
        gone = [before] if before else []
        gone += [self._parts.popitem(last=False)[1] for _ in range(len(self._parts) - PARTS)]
        for _, number in gone:
            del self._held[number]
        return found
