"""A process that counts a number up so many times: `count_up.py DATABASE_URL TIMES`."""

import asyncio
import sys

from tortoise.expressions import F

from runtime.database import close_database, is_sqlite, open_database, transact
from runtime.numbers.rows import NumbersRow
from runtime.tenancy import rows


async def count_up() -> None:
    found = rows(NumbersRow, "acme")
    if not is_sqlite():
        await found.update(seq=F("seq") + 0)
    row = await found.get()
    await found.update(seq=row.seq + 1)


async def main(url: str, times: int) -> None:
    await open_database(url)
    for _ in range(times):
        await transact(count_up)
    await close_database()


asyncio.run(main(sys.argv[1], int(sys.argv[2])))
