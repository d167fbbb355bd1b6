"""The table of secrets."""

from tortoise import fields

from runtime.columns import name_column
from runtime.row import Row


class SecretRow(Row):
    """A password or signing key of a connection, encrypted; documents name it, nothing shows it."""

    name = name_column()
    ciphertext = fields.TextField()

    class Meta:
        table = "secret"
        unique_together = (("tenant", "id"), ("tenant", "name"))
