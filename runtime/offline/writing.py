"""What `duiqi compute` writes: CSV for other programs, JSON with all that was said."""

import csv
import io

import msgspec

from engine.metrics.compute import Row
from engine.metrics.shape import written
from runtime.offline.computing import Answer
from schema_defs.text import Lang

_HEADER = ("metric", "scope", "key", "period", "value")
_ENCODER = msgspec.json.Encoder(decimal_format="number")


def csv_rows(answer: Answer) -> str:
    """`metric,scope,key,period,value`: money with 4 decimals, counts plain, other numbers in their shortest form, missing empty."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_HEADER)
    writer.writerows(
        (row.metric, row.scope, row.key, row.period, written(row.value, row.shape)) for row in answer.computed.rows
    )
    return text.getvalue()


def json_answer(answer: Answer, lang: Lang) -> str:
    """One line of JSON, as docs/schemas/compute.json describes it."""
    plain = {
        "rows": [_plain(row) for row in answer.computed.rows],
        "rows_read": answer.rows,
        "bad_rows": [bad.row(lang) for bad in answer.bad],
        "warnings": [said.in_(lang) for said in answer.warnings],
        "trouble": {
            name: {kind: count for kind, count in msgspec.to_builtins(trouble).items() if count}
            for name, trouble in answer.computed.trouble.items()
            if trouble.total
        },
        "complete": answer.complete,
    }
    return _ENCODER.encode(plain).decode() + "\n"


def _plain(row: Row) -> dict[str, object]:
    value: object = row.value
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        value = int(value)
    return {"metric": row.metric, "scope": row.scope, "key": row.key, "period": row.period, "value": value}
