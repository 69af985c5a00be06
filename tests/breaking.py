"""Let writes to the ledger fail in the database itself, to see what then does not happen."""

from django.db import connection


def let_the_ledger_break() -> None:
    """Make `break_the_ledger` possible until the transaction that is open now is rolled back."""
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE ed_owner")
        cursor.execute(
            "CREATE FUNCTION break_ledger() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN IF current_setting('test.is_broken', true) = 'yes' THEN"
            " RAISE EXCEPTION 'the ledger is broken'; END IF; RETURN NEW; END $$"
        )
        cursor.execute(
            "CREATE TRIGGER broken BEFORE INSERT ON ledger_entry"
            " FOR EACH ROW EXECUTE FUNCTION break_ledger()"
        )
        cursor.execute("SET ROLE ed_web")


def break_the_ledger() -> None:
    """Make every write to the ledger fail from now on, until the test is rolled back."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL test.is_broken = 'yes'")
