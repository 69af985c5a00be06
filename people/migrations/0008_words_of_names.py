"""The words of a name, for whoever looks for many of them at once among all who work here."""

from django.db import migrations

# in one case and without accents; a path of its own, since what is inlined finds no index
FUNCTION = r"""
CREATE FUNCTION ed_words(text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog
RETURN regexp_split_to_array(
    regexp_replace(normalize(replace(lower($1), 'ß', 'ss'), NFKD), '[\u0300-\u036f]', '', 'g'),
    '[\W_]+'
);
"""
INDEX = """
CREATE INDEX people_person_words ON people_person USING gin (ed_words(name))
WITH (fastupdate = off);
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0007_rows")]

    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION ed_words(text);"),
        migrations.RunSQL(INDEX, "DROP INDEX people_person_words;"),
    ]
