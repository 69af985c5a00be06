"""What two change of an account is called after accounts: roles are one of five kinds."""

from django.db import migrations, models

CONSTRAINTS = ("two_persons", "operator")


def _renamed(old: str, new: str) -> str:
    """Return what gives constraints and index the names of another table's."""
    table = "people_accountchange"
    renames = [
        f"ALTER TABLE {table} RENAME CONSTRAINT people_{old}_{name} TO people_{new}_{name};"
        for name in CONSTRAINTS
    ]
    index = f"ALTER INDEX people_{old}_one_waits RENAME TO people_{new}_one_waits;"
    return "\n".join([*renames, index])


ONE_WAITS = models.UniqueConstraint(
    fields=["person", "kind"],
    condition=models.Q(decided_at=None),
    name="people_accountchange_one_waits",
)
TWO_PERSONS = models.CheckConstraint(
    condition=models.Q(decided_by=None)
    | ~models.Q(is_approved=True)
    | (~models.Q(decided_by=models.F("asked_by")) & ~models.Q(decided_by=models.F("person"))),
    name="people_accountchange_two_persons",
)
OPERATOR = models.CheckConstraint(
    condition=models.Q(asked_by__isnull=False)
    | models.Q(kind="factors", decided_by=None, decided_at__isnull=False),
    name="people_accountchange_operator",
)


class Migration(migrations.Migration):
    dependencies = [("people", "0014_acks_scopes")]

    operations = [
        # the table keeps its rows and its grants
        migrations.RenameModel("RoleChange", "AccountChange"),
        migrations.AlterField(
            model_name="accountchange",
            name="person",
            field=models.ForeignKey(
                on_delete=models.CASCADE,
                related_name="account_changes",
                to="people.person",
            ),
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    _renamed("rolechange", "accountchange"),
                    _renamed("accountchange", "rolechange"),
                )
            ],
            state_operations=[
                migrations.RemoveConstraint("accountchange", "people_rolechange_one_waits"),
                migrations.RemoveConstraint("accountchange", "people_rolechange_two_persons"),
                migrations.RemoveConstraint("accountchange", "people_rolechange_operator"),
                migrations.AddConstraint("accountchange", ONE_WAITS),
                migrations.AddConstraint("accountchange", TWO_PERSONS),
                migrations.AddConstraint("accountchange", OPERATOR),
            ],
        ),
    ]
