"""What came of one `test` document."""

import msgspec

from schema_defs.text import Said


class Result(msgspec.Struct, frozen=True):
    """A test passed when nothing failed; every failure is one sentence."""

    name: str
    failures: tuple[Said, ...] = ()

    @property
    def passed(self) -> bool:
        return not self.failures
