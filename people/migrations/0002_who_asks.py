"""Functions by which row security learns who asks; each setting lasts for one transaction.

A setting that was never made is NULL, and one whose transaction ended is '': both mean nobody.
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION ed_person() RETURNS uuid LANGUAGE sql STABLE
    RETURN NULLIF(current_setting('ed.person', true), '')::uuid;
CREATE FUNCTION ed_blind() RETURNS bytea LANGUAGE sql STABLE
    RETURN decode(NULLIF(current_setting('ed.blind', true), ''), 'hex');
CREATE FUNCTION ed_receipt() RETURNS bytea LANGUAGE sql STABLE
    RETURN decode(NULLIF(current_setting('ed.receipt', true), ''), 'hex');
CREATE FUNCTION ed_is_client() RETURNS boolean LANGUAGE sql STABLE
    RETURN NULLIF(current_setting('ed.client', true), '') IS NOT NULL;
CREATE FUNCTION ed_holds(role text) RETURNS boolean LANGUAGE sql STABLE
    RETURN EXISTS (
        SELECT 1 FROM people_person WHERE id = ed_person() AND is_active AND role = ANY (roles)
    );
"""
BACKWARD = """
DROP FUNCTION ed_holds(text); DROP FUNCTION ed_is_client(); DROP FUNCTION ed_receipt();
DROP FUNCTION ed_blind(); DROP FUNCTION ed_person();
"""


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
