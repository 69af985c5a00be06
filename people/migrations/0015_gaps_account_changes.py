"""Call what two decide about an account after accounts: roles are one of five kinds.

The table keeps its name, and so do its constraints: while a house is upgraded, processes of the
release before read and write it.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0014_acks_scopes")]

    operations = [
        migrations.AlterModelTable("rolechange", "people_rolechange"),
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
    ]
