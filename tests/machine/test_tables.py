"""The tables of tests are made anew whenever what they are made of changes."""

from ethicsdesk.machine import tables
from ethicsdesk.machine.state import ROOT


def test_whatever_tables_and_grants_are_made_of_is_looked_at() -> None:
    looked_at = {str(path.relative_to(ROOT)) for path in tables.code()}
    for pattern in ("*/migrations/*.py", "*/models/*.py", "*/models.py", "*/lifecycle/*.py"):
        made_of = {str(path.relative_to(ROOT)) for path in ROOT.glob(pattern)}
        assert made_of <= looked_at
    assert {"ethicsdesk/grants.py", "ethicsdesk/settings.py", "common/rows.py"} <= looked_at


def test_what_only_uses_them_leaves_them_as_they_are() -> None:
    assert not {path for path in tables.code() if "actions" in path.relative_to(ROOT).parts}
