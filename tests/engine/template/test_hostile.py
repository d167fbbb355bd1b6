"""Every class of attack of Jinja2's history, and what costs time or memory."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.template import TemplateError, check, render

ROWS = [{"name": f"s{number:03}", "value": number} for number in range(250)]
VALUES: dict[str, object] = {"rows": ROWS, "text": "y" * 10_000, "x": 1, "d": {"a": 1}, "b": True}

FORBIDDEN = """
{{ ''.__class__ }}
{{ ''['__class__'] }}
{{ x.__init__.__globals__ }}
{{ d.items() }}
{{ d.clear() }}
{{ rows.append(1) }}
{{ rows.pop() }}
{{ ''.format(1) }}
{{ '{0.__class__}'.format(1) }}
{{ '%s' % x }}
{{ '%1000000000d' % x }}
{{ text | attr('__class__') }}
{{ text | format }}
{{ text | map('upper') | list }}
{{ rows | map(attribute='name') | join }}
{{ rows | groupby('name') }}
{{ rows | tojson }}
{{ text | safe }}
{{ text | urlize }}
{{ d | xmlattr }}
{{ text | center(1000000000) }}
{{ text | indent(1000000000) }}
{{ text | wordwrap(1) }}
{{ text | replace('y', text) }}
{{ rows | random }}
{{ text | e }}
{{ range(1000000000) }}
{{ lipsum(n=100) }}
{{ cycler(1, 2) }}
{{ joiner() }}
{{ namespace() }}
{{ dict(a=1) }}
{{ loop() }}
{{ self.__init__ }}
{{ x ** 999999999 }}
{{ 9 ** 9 ** 9 ** 9 }}
{{ 'x' * 1000000000 }}
{{ 1000000000 * 'x' }}
{{ 'a' + 'b' }}
{{ text ~ text }}
{{ x // 0 }}
{{ x % 0 }}
{{ rows[0:1] }}
{{ rows[x] }}
{{ d[text] }}
{{ _x }}
{{ {'a': 1} }}
{{ (1, 2) }}
{{ x if x }}
{{ 1e999 }}
{{ 10000000000000000 }}
{{ x is sameas x }}
{{ x is filter }}
{{ x is divisibleby(0) }}
{{ caller() }}
{% set y = 1 %}
{% set y %}a{% endset %}
{% for a in rows recursive %}{{ a }}{% endfor %}
{% for a, b in rows %}{{ a }}{% endfor %}
{% for a in rows %}{% for b in rows %}{% for c in rows %}{{ c }}{% endfor %}{% endfor %}{% endfor %}
{% macro m() %}{{ m() }}{% endmacro %}
{% call m() %}{% endcall %}
{% include '/etc/passwd' %}
{% import 'os' as os %}
{% from 'os' import path %}
{% extends 'base' %}
{% block a %}{% endblock %}
{% filter upper %}a{% endfilter %}
{% with a = 1 %}{{ a }}{% endwith %}
{% autoescape false %}{% endautoescape %}
{{ x | money(currency='CNY') }}
{{ x | money(*rows) }}
{{ x | money(**d) }}
{{ x | money('a', 'b') }}
{{ x | default }}
{{ x.real.__class__ }}
{{ b.__class__ }}
""".strip().splitlines()


@pytest.mark.parametrize("source", FORBIDDEN)
def test_it_is_refused_when_it_is_written_and_again_when_it_is_rendered(source: str) -> None:
    [*found] = check(source)
    assert found
    assert all(said.zh and said.en for _, said in found)
    with pytest.raises(TemplateError) as refused:
        render(source, VALUES, "zh")
    assert refused.value.kind in ("forbidden", "syntax")


HARMLESS_NAMES = [
    "self",
    "loop",
    "range",
    "lipsum",
    "cycler",
    "joiner",
    "namespace",
    "dict",
    "caller",
    "varargs",
    "kwargs",
    "super",
    "request",
    "config",
    "ｘ",
    "ｅval",
]


@pytest.mark.parametrize("name", HARMLESS_NAMES)
def test_no_name_exists_that_was_not_given(name: str) -> None:
    with pytest.raises(TemplateError) as refused:
        render("{{ " + name + " }}", VALUES, "zh")
    assert refused.value.kind == "name"


@pytest.mark.parametrize(
    "key", ["items", "keys", "get", "clear", "mro", "real", "format", "append", "func_globals", "gi_frame"]
)
@pytest.mark.parametrize("name", ["d", "rows", "text", "x", "b"])
def test_no_attribute_or_method_of_a_value_is_reached(name: str, key: str) -> None:
    for source in (f"{{{{ {name}.{key} }}}}", f"{{{{ {name}['{key}'] }}}}"):
        with pytest.raises(TemplateError) as refused:
            render(source, VALUES, "zh")
        assert refused.value.kind in ("name", "type")


COSTLY = {
    "square of a list": "{% for a in rows %}{% for b in rows %}{{ b.name }}{% endfor %}{% endfor %}",
    "square without output": "{% for a in rows %}{% for b in rows %}{% if a == b %}{% endif %}{% endfor %}{% endfor %}",
    "search in a square": "{% for a in rows %}{% for b in rows if b in rows %}{% endfor %}{% endfor %}",
    "comparing lists": "{% for a in rows %}{% for b in rows %}{% if rows == rows %}{% endif %}{% endfor %}{% endfor %}",
    "long text in a loop": "{% for a in rows %}{{ text }}{% endfor %}",
    "filters of a long text": "{% for a in rows %}{% for b in rows %}{{ text | upper | lower | length }}{% endfor %}{% endfor %}",
    "joined list": "{% for a in rows %}{{ [text, text, text, text] | join(text) }}{% endfor %}",
    "deep brackets": "{{ " + "(" * 4500 + "1" + ")" * 4500 + " }}",
    "deep lists": "{{ " + "[" * 4500,
    "deep dictionaries": "{{ " + "{1:" * 3000,
    "deep not": "{{ " + "not " * 2000 + "1 }}",
    "deep minus": "{{ " + "-" * 4500 + "1 }}",
    "long sum": "{{ " + "1+" * 4500 + "1 }}",
    "many filters": "{{ text" + "|upper" * 1500 + " }}",
    "many attributes": "{{ d" + ".a" * 4500 + " }}",
    "many comparisons": "{{ 1" + " < 2" * 2000 + " }}",
    "many statements": "{{ x }}" * 1400,
    "deep if": "{% if x %}" * 900,
    "deep for": "{% for a in rows %}" * 500,
    "long elif": "{% if 0 %}" + "{% elif 0 %}" * 800 + "{% endif %}",
    "open brackets": "{" * 10000,
    "open comments": "{#" * 4500,
    "open raw": "{% raw %}" * 1000,
    "open text": "{{ '" + "\\" * 9500,
    "long number": "{{ " + "9" * 7500 + " }}",
    "long name": "{{ " + "a" * 9500 + " }}",
    "too long": "a" * 10_001,
    "lines": "\n" * 10000,
    "blanks in a tag": "{% " + " " * 9500 + "x",
}


@pytest.mark.parametrize("name", COSTLY)
def test_whatever_is_written_comes_to_an_end_soon(name: str) -> None:
    start = time.process_time()
    check(COSTLY[name])
    result = outcome(COSTLY[name])
    assert is_answer(result)
    assert time.process_time() - start < 5, "a guard against hanging, not a measurement"


def test_the_work_is_limited_where_the_output_is_not() -> None:
    with pytest.raises(TemplateError) as refused:
        render(COSTLY["square without output"], VALUES, "zh")
    assert refused.value.kind == "limit"


def test_a_real_message_is_far_from_every_limit() -> None:
    source = "{% for r in rows %}{% if loop.index <= 60 %}- {{ r.name }} {{ r.value | money }}\n{% endif %}{% endfor %}"
    assert render(source, VALUES, "zh").count("- ") == 60


PIECES = st.sampled_from(
    ["{{ ", " }}", "{% ", " %}", "if ", "for ", "a in rows", "endif", "endfor", "else", "x", "rows", "d.a", "|", "upper", "(", ")", "[", "]", "'", '"', ".", "__class__", " and ", "not ", "\n", "1", "-", "*", "~", "{#", "#}", "、", "is ", "none"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=25).map("".join))
@settings(max_examples=160, deadline=None)
def test_any_mixture_renders_or_is_refused_in_words(source: str) -> None:
    result = outcome(source)
    assert is_answer(result)
    assert isinstance(result, TemplateError) or check(source) == []


def outcome(source: str) -> str | TemplateError:
    try:
        return render(source, VALUES, "en")
    except TemplateError as refused:
        return refused


def is_answer(result: str | TemplateError) -> bool:
    """A text within the limit, or a refusal with its words and its line."""
    if isinstance(result, str):
        return len(result) <= 100_000
    return bool(result.said.zh and result.said.en and result.line >= 1)
