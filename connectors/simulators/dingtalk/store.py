"""The chat as a file of JSON lines, so that a product that was killed finds it again."""

from pathlib import Path

import msgspec

from connectors.simulators.dingtalk.chat import ChatMessage


def load(path: Path) -> list[ChatMessage]:
    """The messages of the file; a line that a crash tore is left out."""
    if not path.exists():
        return []
    messages = []
    for line in path.read_bytes().split(b"\n"):
        try:
            messages.append(msgspec.json.decode(line, type=ChatMessage))
        except (msgspec.DecodeError, msgspec.ValidationError):
            continue
    return messages


def append(path: Path, message: ChatMessage) -> None:
    """Adds the message as a line of its own, also after a torn one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+b") as file:
        if file.tell() and not ends_with_newline(path):
            file.write(b"\n")
        file.write(msgspec.json.encode(message) + b"\n")


def ends_with_newline(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-1, 2)
        return file.read(1) == b"\n"
