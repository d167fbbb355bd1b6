"""Message templates hold only what the sandbox allows."""

from collections.abc import Iterator

from engine.checks.finding import Finding, Path
from engine.checks.view import View
from engine.template import check
from schema_defs.message import Message
from schema_defs.text import Said, Text


def messages(view: View) -> Iterator[Finding]:
    for message in view.release.messages.values():
        yield from _text(message, ("title",), message.title)
        yield from _text(message, ("body",), message.body)
        for channel, text in message.channels.items():
            yield from _text(message, ("channels", channel), text)


def _text(message: Message, path: Path, text: Text) -> Iterator[Finding]:
    written = [(path, text)] if isinstance(text, str) else [((*path, lang), one) for lang, one in text.items()]
    for where, source in written:
        for line, said in check(source):
            yield Finding(
                document=message,
                path=where,
                code="template",
                message=said,
                suggestion=Said(zh="例如 {{ scope.label }}", en="for example {{ scope.label }}"),
                offset=sum(len(each) + 1 for each in source.split("\n")[: line - 1]),
            )
