"""The cleaner sees the files that are lent to it, and no other, not even as ciphertext.

For the doors a piece of ciphertext is as closed as its key: what they may open is decided by
grants and by the rows of cases. Workers see no ciphertext at all (ethicsdesk/grants.py).
"""

from django.db import migrations

EVERYBODY = "ed_web, ed_speak, ed_worker, ed_owner"
LENT = "EXISTS (SELECT 1 FROM files_loan l WHERE l.stream_id = {})"
TABLES = {
    "files_stream": LENT.format("files_stream.id"),
    "files_chunk": LENT.format("files_chunk.stream_id"),
    "files_loan": "true",
}


def closed(table, reach):
    return f"""
        ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
        ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
        CREATE POLICY everybody ON {table} TO {EVERYBODY} USING (true) WITH CHECK (true);
        CREATE POLICY cleaner ON {table} TO ed_cleaner USING ({reach}) WITH CHECK (true);
    """


def opened(table):
    return f"""
        ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY;
        ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;
        DROP POLICY cleaner ON {table};
        DROP POLICY everybody ON {table};
    """


class Migration(migrations.Migration):
    dependencies = [("files", "0001_initial")]
    operations = [
        migrations.RunSQL(closed(table, reach), opened(table)) for table, reach in TABLES.items()
    ]
