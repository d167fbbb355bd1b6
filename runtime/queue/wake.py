"""Telling workers to look. Nothing depends on it but speed: who is not woken finds the job by himself a little later."""

from typing import Protocol


class Waker(Protocol):
    """Passes on that a tenant has work; never raises and never waits."""

    def wake(self, tenant: str) -> None: ...


class Nobody:
    """For processes without a queue, such as a command: the workers' own rounds find the job."""

    def wake(self, tenant: str) -> None:
        del tenant


_waker: Waker = Nobody()


def install(waker: Waker) -> None:
    """From now on `wake` goes to `waker`; a process has one."""
    global _waker
    _waker = waker


def wake(tenant: str) -> None:
    """Says that the tenant has work that may be due. Call it after the commit."""
    _waker.wake(tenant)
