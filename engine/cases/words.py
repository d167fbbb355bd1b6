"""How a failed expectation is told."""

from datetime import date

from schema_defs.case import Notice, State
from schema_defs.text import Said


def state_differs(scope: str | None, day: date, expected: State, actual: State, why: Said) -> Said:
    """Such as `on 2026-03-04 expected firing, was pending, because …`."""
    at = _at(scope, day)
    return Said(
        zh=f"{at.zh}应为 {expected}，实为 {actual}，因为 {why.zh}",
        en=f"{at.en}expected {expected}, was {actual}, because {why.en}",
    )


def notices_differ(
    scope: str | None, day: date, expected: tuple[Notice, ...], actual: tuple[Notice, ...], silent: bool, why: Said
) -> Said:
    at = _at(scope, day)
    silence = Said(zh="（静默中，不发送）", en=" (inside a silence, nothing is sent)") if silent else Said(zh="", en="")
    return Said(
        zh=f"{at.zh}应有通知 {_list(expected).zh}，实为 {_list(actual).zh}{silence.zh}，因为 {why.zh}",
        en=f"{at.en}expected the notices {_list(expected).en}, got {_list(actual).en}{silence.en}, because {why.en}",
    )


def unknown_scope(day: date, key: str, scopes: tuple[str, ...]) -> Said:
    known = ", ".join(scopes)
    return Said(
        zh=f"{day}：'{key}' 不在测试的 scopes 中（{known}）",
        en=f"on {day}: '{key}' is none of the test's scopes ({known})",
    )


def wrong_silence(start: date, end: date) -> Said:
    return Said(
        zh=f"静默从 {start} 到 {end}：结束早于开始", en=f"the silence from {start} to {end} ends before it begins"
    )


def _at(scope: str | None, day: date) -> Said:
    return Said(zh=f"{scope}，{day} " if scope else f"{day} ", en=f"{scope}, on {day} " if scope else f"on {day} ")


def _list(notices: tuple[Notice, ...]) -> Said:
    listed = f"[{', '.join(notices)}]"
    return Said(zh=listed if notices else "无", en=listed if notices else "none")
