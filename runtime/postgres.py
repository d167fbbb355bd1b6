"""PostgreSQL for Tortoise: a transaction that cannot begin leaves nothing behind.

Tortoise's own context, when the connection turns out to be dead, keeps it as the task's connection for ever.
"""

from tortoise.backends.asyncpg.client import AsyncpgDBClient, TransactionWrapper
from tortoise.backends.base.client import TransactionalDBClient, TransactionContext, TransactionContextPooled


class DuiqiPostgres(AsyncpgDBClient):
    """Tortoise's client with transactions that clean up after themselves."""

    def _in_transaction(self) -> TransactionContext:
        return CleanTransaction(TransactionWrapper(self), self._pool_init_lock)


class CleanTransaction(TransactionContextPooled):
    """Gives the connection back, and the task its pool, when the transaction cannot begin."""

    __slots__ = ()

    async def __aenter__(self) -> TransactionalDBClient:
        try:
            return await super().__aenter__()
        except BaseException as error:
            if hasattr(self, "token"):
                self.client._finalized = True  # there is nothing to roll back
                await self.__aexit__(type(error), error, error.__traceback__)
            raise


client_class = DuiqiPostgres
