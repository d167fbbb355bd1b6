"""The modules in which jobs are done: a room that has some adds itself here."""

HANDLER_MODULES: tuple[str, ...] = ()
