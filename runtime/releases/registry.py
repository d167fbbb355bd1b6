"""The modules that do something when a release goes live: a room that has such a one adds itself here."""

HOOK_MODULES: tuple[str, ...] = (
    "runtime.people.import_people",
    "runtime.targets.allocate",
    "runtime.numbers.recompute",
    "runtime.numbers.attribution",
    "runtime.records.sync",
    "runtime.alerts.begin_anew",
    "runtime.meetings.schedule",
    "runtime.delivery.send",
)
