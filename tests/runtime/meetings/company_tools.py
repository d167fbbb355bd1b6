"""What the tests of snapshots and meetings do with the small company."""

from pathlib import Path

from runtime.context import Context
from runtime.queue.drain import drain
from runtime.queue.jobs import enqueue
from runtime.records.folder import folder_of
from runtime.releases.publish import publish
from schema_defs.loader import load_text

DOCUMENTS = (Path(__file__).parent / "company.yaml").read_text(encoding="utf-8")
HEAD = "number,ordered,seller,region,kind,amount,cost"
ORDERS = [
    "A1,2026-02-20,s01,shanghai,tools,8000,6000",
    "A2,2026-02-23,s02,hefei,tools,3000,2500",
    "A3,2026-02-24,s03,chengdu,parts,5000,2000",
    "A4,2026-02-26,s01,shanghai,parts,1000,700",
    "A5,2026-03-02,s02,hefei,tools,123456.78,100000",
    "A6,2026-03-02,s03,chengdu,tools,700,650",
]


async def write_orders(context: Context, tenant: str, *lines: str) -> None:
    """Writes the orders' file, and has it read and computed."""
    folder = folder_of(context.settings, tenant)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "orders.csv").write_text("\n".join([HEAD, *lines]) + "\n", encoding="utf-8")
    await enqueue(tenant, "sync", "erp", {"source": "erp"}, now=context.clock.now())
    await drain(context, tenant)


async def publish_documents(context: Context, tenant: str, text: str = DOCUMENTS) -> None:
    await publish(context, tenant, load_text(text, "company.yaml", one=False), by="anna")
