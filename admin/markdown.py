"""The robot's Markdown as safe HTML: headings, quotes, lists, bold, links to our own pages. Everything else stays text."""

import re

from markupsafe import Markup, escape

LINK = re.compile(r"\[([^\]\n]{1,200})\]\((/[^)\s*]{0,500}|https?://[^)\s*]{1,500})\)")
BOLD = re.compile(r"\*\*([^*\n]+)\*\*")
SQUARES = {"🟥": "red", "🟨": "amber", "🟩": "blue", "⬜": "grey"}
"""Squares that not every machine has a glyph for; the page draws them, and the text keeps them."""

HEADING = re.compile(r"^(#{1,6})\s+(.*)$")
BULLET = re.compile(r"^(?:[-*]|\d{1,3}\.)\s+(.*)$")


def inline(text: str) -> Markup:
    """One line: escaped first, so that nothing in it can be a tag."""
    safe = str(escape(text))
    safe = LINK.sub(r'<a href="\2" rel="noopener noreferrer">\1</a>', safe)
    safe = BOLD.sub(r"<strong>\1</strong>", safe)
    for square, colour in SQUARES.items():
        safe = safe.replace(square, f'<i class="square {colour}">{square}</i>')
    return Markup(safe)  # Built from escaped text only.


def markdown(text: str) -> Markup:
    """Blocks of lines; a single line break stays one, as the vendor's client shows it."""
    return Markup("").join(_block(block) for block in re.split(r"\n\s*\n", text.strip()) if block.strip())


def _block(block: str) -> Markup:
    lines = [line.strip() for line in block.splitlines()]
    heading = HEADING.match(lines[0])
    if heading and len(lines) == 1:
        return Markup("<h4>{}</h4>").format(inline(heading[2]))
    if heading:
        return _block(lines[0]) + _block("\n".join(lines[1:]))
    if all(line.startswith(">") for line in lines):
        return Markup("<blockquote>{}</blockquote>").format(_joined([line[1:].strip() for line in lines]))
    if all(BULLET.match(line) for line in lines):
        items = Markup("").join(
            Markup("<li>{}</li>").format(inline(found[1])) for line in lines if (found := BULLET.match(line))
        )
        return Markup("<ul>{}</ul>").format(items)
    return Markup("<p>{}</p>").format(_joined(lines))


def _joined(lines: list[str]) -> Markup:
    return Markup("<br>").join(inline(line) for line in lines)
