"""Parts of pages that are the same for many readers are rendered once."""

from collections import OrderedDict
from collections.abc import Callable, Hashable

from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup

PARTS = 64
"""So many rendered parts are kept, the last used ones."""
Key = tuple[str, int, str, tuple[Hashable, ...]]


def keeper() -> Callable[..., Markup]:
    """The templates' `kept(name, about, …)`: the template's text, rendered anew only when it is about another object.

    Everything else that the template reads has to be named after `about`; the language is. Nothing in it may be one reader's own.
    """
    parts: OrderedDict[Key, tuple[object, Markup]] = OrderedDict()

    @pass_context
    def kept(context: Context, name: str, about: object, /, *reads: Hashable) -> Markup:
        key = name, id(about), str(context["lang"]), reads
        found = parts.get(key)
        if found is None or found[0] is not about:
            text = context.environment.get_template(name).render(context.get_all())
            found = parts[key] = about, Markup(text)  # an autoescaped template's own output
            while len(parts) > PARTS:
                parts.popitem(last=False)
        parts.move_to_end(key)
        return found[1]

    return kept
