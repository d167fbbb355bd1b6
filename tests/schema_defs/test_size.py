"""The largest document that is allowed is read in seconds."""

import time

import pytest

from schema_defs.loader import load_text


@pytest.mark.slow
def test_an_organisation_of_2_MB_is_read_in_seconds() -> None:
    rows = ["kind: organisation", "people:"]
    size = 0
    while size < 1_900_000:
        number = len(rows)
        rows.append(
            f'  - {{key: s{number:06d}, label: 销售{number}, roles: [seller], manager: m{number % 99}, reach: {{email: "{"x" * 160}@example.com"}}}}'
        )
        size += len(rows[-1].encode()) + 1
    started = time.process_time()
    loaded = load_text("\n".join(rows), "organisation.yaml")
    assert time.process_time() - started < 30
    assert loaded.issues == ()
    assert loaded.release.organisation is not None
    assert len(loaded.release.organisation.people) == len(rows) - 2
