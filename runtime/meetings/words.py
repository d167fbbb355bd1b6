"""The words of the snapshot's page that are ours."""

from schema_defs.text import Lang, Said

WORDS: dict[str, Said] = {
    "code": Said(zh="校验码", en="Code"),
    "sources": Said(zh="数据源", en="Sources"),
    "frozen": Said(zh="冻结于", en="Frozen"),
    "planned": Said(zh="（原定 {moment}）", en=" (planned {moment})"),
    "release": Said(zh="发布版本", en="Release"),
    "complete": Said(zh="数据截至", en="Complete up to"),
    "incomplete": Said(zh="数据尚不完整", en="Not complete yet"),
    "stands": Said(zh="截至", en="to"),
    "working_day": Said(zh="第 {n}/{of} 个工作日", en="working day {n} of {of}"),
    "days_predicted": Said(zh="（节假日为预测）", en=" (days off predicted)"),
    "preview": Said(zh="当天未结束", en="day not closed"),
    "target": Said(zh="目标", en="Target"),
    "done": Said(zh="完成", en="done"),
    "expected": Said(zh="应达", en="expected"),
    "regions": Said(zh="区域", en="Region"),
    "people": Said(zh="人员", en="Person"),
    "people_title": Said(zh="人员", en="People"),
    "company": Said(zh="公司", en="Company"),
    "alerts": Said(zh="可能需要支持", en="May need support"),
    "at_freeze": Said(zh="冻结时的告警", en="alerts at the freeze"),
    "no_alerts": Said(zh="没有打开的告警", en="No open alerts"),
    "late": Said(zh="延迟", en="late"),
    "late_note": Said(zh="* 数据源延迟，数字可能不完整", en="* a source was late: the number may be incomplete"),
    "empty": Said(zh="这个看板没有您可以看到的内容", en="This board holds nothing that you may see"),
    "told": Said(zh="已告知", en="Told:"),
    "days": Said(zh="{days} 天", en="{days} days"),
    "day": Said(zh="{days} 天", en="{days} day"),
    "colon": Said(zh="：", en=": "),
    "actual": Said(zh="实际", en="Actual"),
    "attainment": Said(zh="完成率", en="Done"),
    "trend": Said(zh="趋势", en="Trend"),
    "pace": Said(zh="应达", en="Pace"),
    "gap": Said(zh="差距", en="Gap"),
    "projection": Said(zh="预计", en="Projection"),
    "run_rate": Said(zh="每日所需", en="Run rate"),
    "trend_title": Said(zh="走势", en="Trend"),
    "ranking_title": Said(zh="排名", en="Ranking"),
}

Say = dict[str, str]


def words_in(lang: Lang) -> Say:
    """All of them in one language."""
    return {name: said.in_(lang) for name, said in WORDS.items()}
