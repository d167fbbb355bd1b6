"""`duiqi backtest`, from documents and files to rows."""

import json
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner

from admin.cli.main import duiqi, main

SCHEMAS = Path(__file__).parents[3] / "docs" / "schemas"

DOCUMENTS = """
kind: organisation
name: company
regions: [{key: east, manager: m01}, {key: west}]
people:
  - {key: m01, roles: [manager], region: east}
  - {key: boss, roles: [director]}
---
kind: dataset
name: orders
key: number
time: ordered
region: region
fields: {number: text, ordered: date, region: region, amount: money}
---
kind: metric
name: amount
dataset: orders
aggregate: sum
value: amount
---
kind: plan
name: quotas_2026
metric: amount
year: 2026
targets_from: {data: quotas, map: {key: region, year: year, month: month, value: quota}, scope: region}
---
kind: channel
name: inbox
type: inbox
---
kind: message
name: word
title: {zh: "{{ scope.label }}", en: "{{ scope.label }}"}
body: {zh: "{{ actual }}", en: "{{ actual }}"}
---
kind: rule
name: slow
scope: region
metric: amount
when: actual < 10
across: month
on_fire: [{notify: manager, channel: inbox, message: word}, {notify: director, channel: inbox, message: word}]
on_recover: [{notify: manager, channel: inbox, message: word}]
---
kind: rule
name: behind
scope: region
metric: amount
when: attainment < 0.5 * pace
---
kind: rule
name: apart
scope: region
when: attainment_of('other') < 1
metric: other
---
kind: metric
name: other
dataset: orders
aggregate: count
"""
ORDERS = """number,ordered,region,amount,_known_at
1,2026-03-26,east,50,2026-03-26 10:00
2,2026-03-26,west,5,2026-03-26 10:00
2,2026-03-26,west,20,2026-03-28 10:00
3,2026-04-01,east,1,2026-04-01 10:00
"""
QUOTAS = "region,year,month,quota\neast,2026,3,100\nwest,2026,4,100\n"


@pytest.fixture
def run(tmp_path):
    (tmp_path / "company.yaml").write_text(DOCUMENTS, "utf-8")
    (tmp_path / "orders.csv").write_text(ORDERS, "utf-8")
    (tmp_path / "quotas.csv").write_text(QUOTAS, "utf-8")

    def run(*extra, orders=True, quotas=True):
        data = ["--data", f"orders={tmp_path}/orders.csv"] if orders else []
        data += ["--data", f"quotas={tmp_path}/quotas.csv"] if quotas else []
        return CliRunner().invoke(duiqi, ["backtest", str(tmp_path), *data, "--lang", "en", *extra])

    run.folder = tmp_path
    return run


SLOW = ("--rule", "slow", "--from", "2026-03-26", "--to", "2026-04-01")


def test_the_csv_says_verdict_state_transition_and_who_was_told(run):
    done = run(*SLOW, quotas=False)
    assert done.exit_code == 0
    assert done.stdout == (
        "rule,scope,key,day,verdict,state,transition,notices\n"
        "slow,region,east,2026-03-26,clear,inactive,,\n"
        "slow,region,east,2026-03-27,clear,inactive,,\n"
        "slow,region,east,2026-03-28,,inactive,,\n"
        "slow,region,east,2026-03-29,,inactive,,\n"
        "slow,region,east,2026-03-30,clear,inactive,,\n"
        "slow,region,east,2026-03-31,clear,inactive,,\n"
        "slow,region,east,2026-04-01,holds,firing,fired,fired:m01;fired:boss\n"
        "slow,region,west,2026-03-26,holds,firing,fired,fired:boss\n"
        "slow,region,west,2026-03-27,holds,firing,,\n"
        "slow,region,west,2026-03-28,,inactive,recovered,recovered:boss\n"
        "slow,region,west,2026-03-29,,inactive,,\n"
        "slow,region,west,2026-03-30,clear,inactive,,\n"
        "slow,region,west,2026-03-31,clear,inactive,,\n"
        "slow,region,west,2026-04-01,holds,firing,fired,fired:boss\n"
    )


def test_targets_come_from_the_file_and_their_absence_is_no_data(run):
    rows = run("--rule", "behind", "--from", "2026-03-31", "--to", "2026-04-01").stdout.splitlines()[1:]
    assert [row.split(",")[2:6] for row in rows] == [
        ["east", "2026-03-31", "clear", "inactive"],
        ["east", "2026-04-01", "no_data", "inactive"],
        ["west", "2026-03-31", "no_data", "inactive"],
        ["west", "2026-04-01", "holds", "firing"],
    ]


def test_the_file_and_the_json_hold_the_same(run):
    out = run.folder / "out.csv"
    assert run(*SLOW, "--out", str(out)).stdout == ""
    assert out.read_text("utf-8").startswith("rule,scope,key,day,")
    answer = json.loads(run(*SLOW, "--json").stdout)
    jsonschema.validate(answer, json.loads((SCHEMAS / "backtest.json").read_text("utf-8")))
    assert answer["bad_rows"] == []
    assert {
        "rule": "slow",
        "scope": "region",
        "key": "east",
        "day": "2026-04-01",
        "verdict": "holds",
        "state": "firing",
        "transition": ["fired"],
        "notices": ["fired:m01", "fired:boss"],
    } in answer["rows"]


def test_days_after_the_watermark_have_no_data(run):
    rows = run(*SLOW, "--complete", "orders=2026-03-26").stdout.splitlines()
    assert "slow,region,east,2026-03-27,no_data,inactive,," in rows


def test_a_bad_row_is_told_and_left_out(run):
    with (run.folder / "orders.csv").open("a") as file:
        file.write("9,2026-04-01,east,lots,\n")
    done = run(*SLOW)
    assert done.exit_code == 0
    assert "orders.csv:6" in done.stderr
    assert "lots" in done.stderr


def test_a_metric_without_a_plan_is_warned_about_by_name(run):
    done = run("--rule", "apart", "--from", "2026-03-31", "--to", "2026-04-01")
    assert done.exit_code == 0
    assert "reads the target of other, which no plan gives" in done.stderr


@pytest.mark.parametrize(
    ("extra", "options", "words"),
    [
        (SLOW, {"orders": False}, "--data orders=FILE (needed by rule slow)"),
        (("--rule", "behind", *SLOW[2:]), {"quotas": False}, "--data quotas=FILE (needed by plan quotas_2026)"),
        (("--rule", "slwo", *SLOW[2:]), {}, "there is no rule 'slwo'; did you mean 'slow'?"),
        (("--rule", "slow", "--from", "2026-04-02", "--to", "2026-04-01"), {}, "--to 2026-04-01 is before --from"),
        (("--rule", "slow", "--from", "2026-4-2", "--to", "2026-04-01"), {}, "--from: '2026-4-2' is no date"),
    ],
)
def test_wrong_use_is_told_by_name(run, extra, options, words):
    done = run(*extra, **options)
    assert done.exit_code != 0
    assert words in str(done.exception)


def test_wrong_use_ends_with_2(run, monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["duiqi", "backtest", str(run.folder), *SLOW, "--lang", "en"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    assert "--data orders=FILE" in capsys.readouterr().err


def test_the_summary_counts_episodes_messages_and_the_months_that_were_missed(run):
    answer = json.loads(run("--rule", "behind", "--from", "2026-03-01", "--to", "2026-04-30", "--json").stdout)
    jsonschema.validate(answer, json.loads((SCHEMAS / "backtest.json").read_text("utf-8")))
    [east, west] = answer["summary"]["foresight"]["months"]
    assert (east["key"], east["month"], east["actual"], east["missed"]) == ("east", "2026-03", 50, True)
    assert (east["warned"], east["lead"]) == ("2026-03-02", 21)  # no order until the 26th: behind from the first day on
    assert (west["key"], west["month"], west["warned"]) == ("west", "2026-04", "2026-04-01")
    assert answer["summary"]["foresight"] | {"months": []} == {
        "hits": 2, "false_alarms": 0, "unwarned": 0, "quiet": 0, "hit_rate": 1, "caught": 1, "lead": 21.0, "months": [],
    }  # fmt: skip


def test_hindsight_goes_to_a_file_of_its_own_with_the_record_that_explains_the_day(run):
    out = run.folder.with_name("hindsight.json")  # beside the configuration, whose files are all documents
    done = run(*SLOW, "--hindsight", str(out), quotas=False)
    assert done.stdout == run(*SLOW, quotas=False).stdout
    answer = json.loads(out.read_text("utf-8"))
    jsonschema.validate(answer, json.loads((SCHEMAS / "hindsight.json").read_text("utf-8")))
    first, _, third = answer["differences"]
    assert [(each["key"], each["day"]) for each in answer["differences"]] == [
        ("west", "2026-03-26"), ("west", "2026-03-27"), ("west", "2026-03-28"),
    ]  # fmt: skip
    assert first["then"] == {"verdict": "holds", "state": "firing", "notices": ["fired:boss"]}
    assert first["now"] == {"verdict": "clear", "state": "inactive", "notices": []}
    [moved] = first["why"]["moved"]
    assert (moved["then"], moved["now"]) == (5, 20)
    [record] = moved["records"]
    assert (record["key"], record["before"]["values"]["amount"], record["after"]["values"]["amount"]) == (["2"], 5, 20)
    assert (record["by"], record["known_at"]) == (15, "2026-03-28T10:00:00+08:00")
    assert third["why"] is None
    assert third["because"] == ["2026-03-26", "2026-03-27"]
    assert [len(answer[side]["episodes"]) for side in ("then", "now")] == [2 + 1, 2]


def test_a_rule_without_a_single_record_says_so(run):
    (run.folder / "orders.csv").write_text("number,ordered,region,amount,_known_at\n", "utf-8")
    done = run(*SLOW)
    assert done.exit_code == 0
    assert "no dataset that the rule slow reads has a single record" in done.stderr
