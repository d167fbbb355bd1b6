"""Our own words for every kind of notice, for rules that name no message."""

from schema_defs import message as documents
from schema_defs.case import Notice as NoticeKind
from schema_defs.text import Said


def _default(name: str, title: Said, body: Said) -> documents.Message:
    return documents.Message(name=name, title={"zh": title.zh, "en": title.en}, body={"zh": body.zh, "en": body.en})


_SITUATION = Said(
    zh="{{ rule.label }}，第 {{ days }} 天。\n\n{{ strip }}", en="{{ rule.label }}, day {{ days }}.\n\n{{ strip }}"
)
DEFAULTS: dict[NoticeKind, documents.Message] = {
    "fired": _default(
        "fired", Said(zh="{{ scope.label }}可能需要支持", en="{{ scope.label }} may need support"), _SITUATION
    ),
    "repeated": _default(
        "repeated",
        Said(zh="{{ scope.label }}仍可能需要支持", en="{{ scope.label }} may still need support"),
        _SITUATION,
    ),
    "recovered": _default(
        "recovered",
        Said(zh="{{ scope.label }}已恢复", en="{{ scope.label }} has recovered"),
        Said(zh="{{ rule.label }}已解除。\n\n{{ strip }}", en="{{ rule.label }} has ended.\n\n{{ strip }}"),
    ),
    "no_data": _default(
        "no_data",
        Said(zh="{{ scope.label }}没有数据", en="No data for {{ scope.label }}"),
        Said(
            zh="规则“{{ rule.label }}”在 {{ day }} 没有数据可判定。",
            en="The rule '{{ rule.label }}' had no data to judge on {{ day }}.",
        ),
    ),
    "data_back": _default(
        "data_back",
        Said(zh="{{ scope.label }}的数据恢复了", en="Data for {{ scope.label }} is back"),
        Said(zh="规则“{{ rule.label }}”又可以判定。", en="The rule '{{ rule.label }}' can be judged again."),
    ),
}
