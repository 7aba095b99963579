"""The search index: FTS5 on SQLite, tsvector 'simple' on PostgreSQL, both over the same tokens."""

from django.db import migrations, router

SQLITE = (
    "CREATE VIRTUAL TABLE catalog_search USING fts5(title, body, tokenize='ascii')",
)
SQLITE_BACK = ("DROP TABLE catalog_search",)
POSTGRESQL = (
    "CREATE INDEX catalog_search_title ON catalog_dataset USING gin (to_tsvector('simple', search_title))",
    "CREATE INDEX catalog_search_text ON catalog_dataset USING gin (to_tsvector('simple', search_text))",
)
POSTGRESQL_BACK = ("DROP INDEX catalog_search_title", "DROP INDEX catalog_search_text")


def _run(editor, sqlite, postgresql):
    for statement in postgresql if editor.connection.vendor == "postgresql" else sqlite:
        editor.execute(statement)


def _is_here(apps, editor):
    return router.allow_migrate_model(editor.connection.alias, apps.get_model("catalog", "Dataset"))


def forward(apps, editor):
    if _is_here(apps, editor):
        _run(editor, SQLITE, POSTGRESQL)


def backward(apps, editor):
    if _is_here(apps, editor):
        _run(editor, SQLITE_BACK, POSTGRESQL_BACK)


class Migration(migrations.Migration):
    dependencies = [("catalog", "0001_initial")]
    operations = [migrations.RunPython(forward, backward)]
