"""What lies beside a batch's entries is stored as it is: mostly ciphertext and salted texts, which compressing makes little smaller.

PostgreSQL would try all the same, inside every recording transaction: 6 ms for the blob of 64 calls (docs/decisions/0080).
"""

from typing import Any

from django.db import migrations


def _store(how: str) -> Any:
    def run(_apps: Any, schema_editor: Any) -> None:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f"ALTER TABLE audit_blob ALTER COLUMN body SET STORAGE {how}")

    return run


class Migration(migrations.Migration):
    """Only how PostgreSQL stores a column; no row is changed."""

    dependencies = [("audit", "0002_verification_run")]
    operations = [migrations.RunPython(_store("EXTERNAL"), _store("EXTENDED"))]
