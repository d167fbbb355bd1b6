"""The docs name everything that exists, in both languages."""

import os
import re
from pathlib import Path

import msgspec
import pytest

from admin.cli.main import COMMANDS
from engine.expression.functions import ALLOWED, FUNCTIONS, Function
from schema_defs.release import KINDS
from schema_defs.text import Said

ROOT = Path(__file__).parents[1]
DOCUMENTS = ("docs/documents.md", "docs/zh/documents.md")
OPERATION = ("docs/operation.md", "docs/zh/operation.md")
EXPRESSIONS = {"en": "docs/expressions.md", "zh": "docs/zh/expressions.md"}


def text_of(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def keys_of(struct: type) -> set[str]:
    """Every key that may be written in a document, at any depth."""
    found: set[str] = set()
    waiting: list[type] = [struct]
    seen: set[type] = set()
    while waiting:
        each = waiting.pop()
        if each in seen:
            continue
        seen.add(each)
        for field in msgspec.structs.fields(each):
            found.add(field.encode_name)
            waiting += [
                part for part in parts_of(field.type) if isinstance(part, type) and issubclass(part, msgspec.Struct)
            ]
    return found - {"name", "label"}


def parts_of(kind: object) -> list[object]:
    inner = getattr(kind, "__args__", ())
    return [kind] + [part for each in inner for part in parts_of(each)]


@pytest.mark.parametrize("path", DOCUMENTS)
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_key_of_every_kind_is_described(path: str, kind: type) -> None:
    tag = str(kind.__struct_config__.tag)  # type: ignore[attr-defined]
    section = re.search(rf"^## {tag}\b.*?(?=^## |\Z)", text_of(path), re.M | re.S)
    assert section, f"{path} has no section for {tag}"
    missing = [key for key in sorted(keys_of(kind)) if not re.search(rf"`[^`]*\b{key}\b[^`]*`", section[0])]
    missing = [key for key in missing if not (tag == "test" and key in keys_of(KINDS_BY_TAG["rule"]))]
    assert not missing, f"{path}, {tag}: {missing}"


KINDS_BY_TAG = {str(kind.__struct_config__.tag): kind for kind in KINDS}


@pytest.mark.parametrize("path", OPERATION)
def test_every_command_and_setting_is_described(path: str) -> None:
    text = text_of(path)
    assert not [name for name in COMMANDS if not re.search(rf"`(duiqi )?{name}\b", text)]
    settings = set(re.findall(r"DUIQI_[A-Z_]+", text_of("runtime/settings.py") + text_of("admin/cli/options.py")))
    assert not sorted(name for name in settings if f"`{name}`" not in text)


RESULTS = {
    "number": Said(zh="数字", en="a number"),
    "days": Said(zh="天数", en="days"),
    "text": Said(zh="文字", en="a text"),
    "boolean": Said(zh="真假值", en="a boolean"),
    "date": Said(zh="日期", en="a date"),
    "same": Said(zh="与参数相同", en="the type and unit of its arguments"),
    "any": Said(zh="任何值", en="any value"),
}


def types_of(function: Function) -> tuple[Said, Said]:
    """What the function takes and gives, in words."""
    zh, en = [ALLOWED[kind].zh for kind in function.takes], [ALLOWED[kind].en for kind in function.takes]
    for place in range(function.least, len(zh)) if function.most is not None else ():
        zh[place], en[place] = f"[{zh[place]}]", f"[{en[place]}]"
    more = "" if function.most is not None else ", …"
    return Said(zh="，".join(zh) + more, en="; ".join(en) + more), RESULTS[function.gives]


def functions_table(lang: str) -> str:
    """The table of all functions, as the docs hold it."""
    head = {
        "en": "| function | takes | gives | meaning | example |",
        "zh": "| 函数 | 参数 | 结果 | 含义 | 示例 |",
    }[lang]
    lines = [head, "|---|---|---|---|---|"]
    for function in FUNCTIONS.values():
        said, takes, gives = (each.zh if lang == "zh" else each.en for each in (function.help, *types_of(function)))
        lines.append(
            f"| `{function.name}` | {takes} | {gives} | {said.replace('|', chr(92) + '|')} | `{function.example}` → `{function.answer}` |"
        )
    return "\n".join(lines)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_function_is_described_as_it_is(lang: str) -> None:
    """`DUIQI_WRITE_GOLDEN=1` writes the tables anew."""
    path, table = ROOT / EXPRESSIONS[lang], functions_table(lang)
    text = path.read_text(encoding="utf-8")
    if os.environ.get("DUIQI_WRITE_GOLDEN"):
        text = re.sub(r"(<!-- functions -->\n).*?(<!-- end -->)", lambda m: f"{m[1]}{table}\n{m[2]}", text, flags=re.S)
        path.write_text(text, encoding="utf-8")
    assert table in text


def test_every_link_and_picture_of_the_docs_exists() -> None:
    broken = []
    for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("benchmarks/*.md")]:
        for target in re.findall(r"\]\(([^)#\s]+)\)", path.read_text(encoding="utf-8")):
            if "://" not in target and not (path.parent / target).exists():
                broken.append(f"{path.relative_to(ROOT)}: {target}")
    assert not broken


def test_the_walk_names_files_and_functions_that_exist() -> None:
    text, wrong = text_of("docs/walk-of-an-order.md"), []
    for path, name in re.findall(r"`([\w/]+\.\w+)`(?: · `(\w+))?", text):
        file = ROOT / path
        if not file.is_file():
            wrong.append(path)
        elif name and not re.search(rf"(def|class) {name}\b", file.read_text(encoding="utf-8")):
            wrong.append(f"{path} has no {name}")
    assert not wrong
