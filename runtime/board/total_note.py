"""What a board and a why say of a number that the ones below it do not add up to, or that cannot be put together at all."""

from collections.abc import Sequence
from datetime import date

from engine.expression.values import equal
from runtime.board.view import Column
from runtime.numbers.read import Book
from runtime.releases.prepared import Prepared
from schema_defs.rule import ScopeKind
from schema_defs.text import Text, pick


def total_note(configured: Prepared, metric: str, scope: ScopeKind, key: str, *, regions_below: bool) -> Text | None:
    """The sentence, or None where the parts add up."""
    rollup = configured.metrics.rollups[metric]
    if not rollup.has_total(scope, is_leaf=not regions_below):
        return _NONE
    return parts_do_not_add_up(configured, metric, regions=regions_below)


def parts_do_not_add_up(configured: Prepared, metric: str, *, regions: bool) -> Text | None:
    """Why the numbers of the regions or people below are not together the one above; None where they are."""
    why = configured.metrics.rollups[metric].of_parts(regions=regions).why
    if why is None:
        return None
    return {
        "zh": f"下级相加不等于这个数：{why.zh}。",
        "en": f"Those below do not add up to this number: {why.en}.",
    }


def people_note(configured: Prepared, book: Book, columns: Sequence[Column], region: str, day: date) -> Text | None:
    """The first of the numbers that the people now in a region do not add up to, though such numbers add up; None if all do.

    A person's row is the person's whole, a region's is by its records: who moved, or sold elsewhere, makes them differ.
    """
    people = [person.key for person in configured.org.members(region, day)]
    for column in columns:
        whole = book.value(column.metric, "region", region, day)
        if whole is None or configured.metrics.rollups[column.metric].people.how != "sum":
            continue
        if not equal(sum(book.value(column.metric, "person", person, day) or 0.0 for person in people), whole):
            return _people(column)
    return None


def _people(column: Column) -> Text:
    label = {lang: pick(column.label, lang, column.metric) for lang in ("zh", "en")}
    return {
        "zh": f"现有人员的{label['zh']}合计不等于区域的数：个人的数是其全部业绩，区域按自己的记录计算。",
        "en": f"{label['en']} of the people here does not add up to the region's: a person's number is the person's whole, a region counts by its records.",
    }


_NONE: Text = {
    "zh": "按指标的 roll_up，这里不汇总，因此没有数值。",
    "en": "By its roll_up the metric is not put together here, so there is no number.",
}
