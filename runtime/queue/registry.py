"""The modules in which jobs are done: a room that has some adds itself here."""

HANDLER_MODULES: tuple[str, ...] = (
    "runtime.records.sync",
    "runtime.numbers.compute",
    "runtime.numbers.attribution",
    "runtime.alerts.watch",
    "runtime.alerts.escalate",
    "runtime.backtests.run",
    "runtime.drafts.planned",
    "runtime.delivery.send",
    "runtime.meetings.freeze",
    "runtime.meetings.schedule",
)
