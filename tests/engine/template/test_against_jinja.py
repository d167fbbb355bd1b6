"""What both can say, our interpreter and Jinja2's own sandbox say alike."""

from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import StrictUndefined, UndefinedError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from engine.template import TemplateError, check, render

JINJA = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined)
VALUES: dict[str, object] = {
    "name": "华东 East",
    "small": 3,
    "big": 7,
    "row": {"name": "甲", "value": 2, "inner": {"name": "乙"}},
    "rows": [{"name": "a", "value": 1}, {"name": "b", "value": 5}, {"name": "c", "value": 3}],
    "empty": [],
    "words": ["x", "y"],
}

numbers = st.sampled_from(["small", "big", "row.value", "rows[1].value", "4", "0"])
texts = st.sampled_from(
    [
        "name",
        "row.name",
        "row['name']",
        "row.inner.name",
        "'w'",
        "(name | upper)",
        "(rows | first).name",
        "absent | default('d')",
    ]
)
lists = st.sampled_from(["rows", "empty"])
conditions = st.recursive(
    st.one_of(
        st.tuples(numbers, st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), numbers).map(" ".join),
        st.tuples(texts, st.sampled_from(["in", "not in"]), st.just("words")).map(" ".join),
        st.sampled_from(
            ["absent is defined", "name is defined", "empty", "rows", "small is none", "absent is undefined"]
        ),
    ),
    lambda inner: st.one_of(
        inner.map(lambda c: f"not ({c})"),
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(lambda parts: "({}) {} ({})".format(*parts)),
    ),
    max_leaves=4,
)
prints = st.one_of(
    texts.map(lambda t: f"{{{{ {t} }}}}"),
    numbers.map(lambda n: f"{{{{ {n} }}}}"),
    st.just("{{ words | join('-') }}"),
    lists.map(lambda name: f"{{{{ {name} | length }}}}"),
    st.tuples(texts, conditions, texts).map(lambda p: f"{{{{ {p[0]} if {p[1]} else {p[2]} }}}}"),
    st.sampled_from(["plain", "\n", " - ", "{# note #}", "**", "{% raw %}{{ x }}{% endraw %}"]),
)
blocks = st.recursive(
    st.lists(prints, min_size=1, max_size=4).map("".join),
    lambda inner: st.one_of(
        st.tuples(conditions, inner, conditions, inner, inner).map(
            lambda p: f"{{% if {p[0]} %}}\n{p[1]}{{% elif {p[2]} %}}{p[3]}\n{{% else %}}{p[4]}{{% endif %}}\n"
        ),
        st.tuples(lists, inner, inner).map(
            lambda p: (
                f"{{% for r in {p[0]} %}}{{{{ loop.index }}}}{{{{ r.name }}}}{p[1]}{{% else %}}{p[2]}{{% endfor %}}"
            )
        ),
        st.tuples(numbers, inner).map(
            lambda p: (
                f"  {{% for r in rows if r.value > {p[0]} %}}\n{{{{ r.value }}}}/{{{{ loop.length }}}} {p[1]}\n  {{% endfor %}}"
            )
        ),
    ),
    max_leaves=5,
)


@given(blocks)
@settings(max_examples=100, deadline=None)
def test_both_print_the_same(source: str) -> None:
    problems = check(source)
    if problems:
        assert any("loops inside" in said.en for _, said in problems)
        return
    try:
        expected: str | None = JINJA.from_string(source).render(VALUES)
    except UndefinedError:
        expected = None
    try:
        found: str | None = render(source, VALUES, "en")
    except TemplateError:
        found = None
    assert found == expected
