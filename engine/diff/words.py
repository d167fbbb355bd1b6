"""What the documents' keys are called in business words."""

from schema_defs.text import Said

KINDS: dict[str, Said] = {
    "calendar": Said(zh="日历", en="calendar"),
    "organisation": Said(zh="组织", en="organisation"),
    "dataset": Said(zh="数据集", en="dataset"),
    "source": Said(zh="数据源", en="source"),
    "metric": Said(zh="指标", en="metric"),
    "plan": Said(zh="目标方案", en="plan"),
    "scorecard": Said(zh="记分卡", en="scorecard"),
    "rule": Said(zh="规则", en="rule"),
    "channel": Said(zh="通道", en="channel"),
    "message": Said(zh="消息", en="message"),
    "board": Said(zh="看板", en="board"),
    "meeting": Said(zh="校准会", en="meeting"),
    "test": Said(zh="测试", en="test"),
}

KEYS: dict[str, Said] = {
    "label": Said(zh="名称", en="label"),
    "weight": Said(zh="权重", en="weight"),
    "floor": Said(zh="下限", en="floor"),
    "cap": Said(zh="上限", en="cap"),
    "pin": Said(zh="固定值", en="pinned value"),
    "pins": Said(zh="固定月份", en="pinned months"),
    "total": Said(zh="全年总额", en="year's total"),
    "value": Said(zh="值", en="value"),
    "unit": Said(zh="单位", en="unit"),
    "year": Said(zh="年份", en="year"),
    "months": Said(zh="月份分布", en="shape over the months"),
    "metric": Said(zh="指标", en="metric"),
    "dataset": Said(zh="数据集", en="dataset"),
    "aggregate": Said(zh="汇总方式", en="aggregate"),
    "where": Said(zh="筛选条件", en="filter"),
    "formula": Said(zh="公式", en="formula"),
    "of": Said(zh="所看的指标", en="metric looked at"),
    "over": Said(zh="累计区间", en="over"),
    "compared": Said(zh="对比", en="compared with"),
    "as": Said(zh="显示为", en="shown as"),
    "roll_up": Said(zh="汇总", en="roll-up"),
    "time": Said(zh="时间", en="time"),
    "void": Said(zh="作废条件", en="void when"),
    "returns": Said(zh="退货", en="returns"),
    "attribution": Said(zh="归属", en="attribution"),
    "deleted": Said(zh="删除条件", en="deleted when"),
    "better": Said(zh="越大越好", en="which way is better"),
    "format": Said(zh="格式", en="format"),
    "when": Said(zh="触发条件", en="condition"),
    "recover_when": Said(zh="恢复条件", en="condition of recovery"),
    "for": Said(zh="连续天数", en="days in a row"),
    "days": Said(zh="判定日", en="judged days"),
    "across": Said(zh="跨月", en="across months"),
    "keep_firing_for": Said(zh="恢复观察天数", en="clear days before it ends"),
    "no_data": Said(zh="没有数据时", en="without data"),
    "check": Said(zh="判定时间", en="judged at"),
    "daily": Said(zh="每天", en="every day at"),
    "on_change": Said(zh="数据变化时", en="when data changes"),
    "severity": Said(zh="级别", en="severity"),
    "urgent": Said(zh="紧急", en="urgent"),
    "on_fire": Said(zh="触发动作", en="actions when it fires"),
    "on_recover": Said(zh="恢复动作", en="actions when it recovers"),
    "unanswered": Said(zh="无人回应", en="when nobody answers"),
    "after": Said(zh="之后", en="after"),
    "notify": Said(zh="通知", en="tells"),
    "channel": Said(zh="通道", en="channel"),
    "message": Said(zh="消息", en="message"),
    "mark": Said(zh="标记", en="mark"),
    "snapshot": Said(zh="快照", en="snapshot"),
    "repeat_every": Said(zh="重复提醒间隔（天）", en="repeated every (days)"),
    "scope": Said(zh="范围", en="scope"),
    "level": Said(zh="层级", en="level"),
    "parts": Said(zh="组成", en="parts"),
    "regions": Said(zh="地区", en="regions"),
    "people": Said(zh="人员", en="people"),
    "fields": Said(zh="字段", en="fields"),
    "manager": Said(zh="负责人", en="manager"),
    "deputy": Said(zh="代理人", en="deputy"),
    "parent": Said(zh="上级地区", en="region above"),
    "region": Said(zh="地区", en="region"),
    "roles": Said(zh="角色", en="roles"),
    "title": Said(zh="标题", en="title"),
    "body": Said(zh="正文", en="text"),
    "sections": Said(zh="区块", en="sections"),
    "agenda": Said(zh="议程", en="agenda"),
    "minutes": Said(zh="分钟", en="minutes"),
    "tolerance": Said(zh="容差", en="tolerance"),
    "attendees": Said(zh="参会人", en="attendees"),
    "schedule": Said(zh="同步计划", en="schedule"),
    "map": Said(zh="字段映射", en="mapping"),
    "values": Said(zh="取值对照", en="value maps"),
    "holidays": Said(zh="假日", en="holidays"),
    "working_days": Said(zh="工作日", en="working days"),
    "day_closes": Said(zh="日结时间", en="day closes at"),
    "working_hours": Said(zh="工作时间", en="working hours"),
    "pace": Said(zh="进度算法", en="pace by"),
    "order": Said(zh="顺序", en="order"),
}

CONTAINERS = frozenset({"parts", "regions", "people", "fields", "sections", "agenda", "map", "values"})
"""Keys that add nothing to a sentence once an item of theirs is named."""

THRESHOLDS: dict[str, Said] = {
    "when": Said(zh="门槛", en="threshold"),
    "recover_when": Said(zh="恢复门槛", en="threshold of recovery"),
}
NUMBER = Said(zh="中的数字", en="number in the")
EXPRESSIONS = frozenset({"when", "recover_when", "value", "where", "formula", "void", "deleted"})


def kind_word(kind: str) -> Said:
    return KINDS.get(kind, Said(zh=kind, en=kind))


def key_word(key: str) -> Said:
    return KEYS.get(key, Said(zh=key, en=key.replace("_", " ")))
