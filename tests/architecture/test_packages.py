"""What the import linter cannot see: relations, assignments, names."""

import ast
import tomllib
from itertools import pairwise
from pathlib import Path

import pytest
from django.apps import apps
from django.db.models import CASCADE, Field, ForeignObjectRel, Model

from cases.actions import erasing
from cases.models import Attachment, Case, Concern, Message
from cases.parts import REGISTRY
from cases.reports import NOT_IN, TABLES
from cases.reports.tables import Told
from ethicsdesk.machine.state import ROOT

CONFIGURATION = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LINE: list[str] = CONFIGURATION["tool"]["importlinter"]["root_packages"]
OURS = [model for model in apps.get_models() if model._meta.app_label in LINE]
RELATIONS = [
    field
    for model in OURS
    for field in model._meta.get_fields()
    if isinstance(field, Field) and field.is_relation
]
SOURCES = sorted(
    path
    for package in LINE
    for path in (ROOT / package).rglob("*.py")
    if "migrations" not in path.parts
)
# what a lifecycle decides, and so only actions may assign
STATES = {"status", "state"}


@pytest.mark.parametrize("field", RELATIONS, ids=str)
def test_relations_point_down_the_line(field: "Field[object, object]") -> None:
    target = field.related_model
    assert target is not None
    assert not isinstance(target, str)
    label = target._meta.app_label
    if label in LINE:
        assert LINE.index(field.model._meta.app_label) <= LINE.index(label)


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_only_actions_assign_a_state(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assigned = {
        target.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Attribute)
        and not (isinstance(target.value, ast.Name) and target.value.id == "self")
    }
    inside = path.relative_to(ROOT).parts
    is_action = "actions" in inside or inside[-1] == "actions.py" or inside[0] == "ethicsdesk"
    # people.api.once writes the status of an HTTP answer that it seals
    assert is_action or not assigned & STATES or name_of(path) == "people/api/once.py"


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_a_module_opens_with_a_sentence(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert not source.strip() or ast.get_docstring(ast.parse(source))


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_no_file_is_called_utils(path: Path) -> None:
    assert path.stem not in {"utils", "helpers", "misc", "signals"}


@pytest.mark.req("CAS-1")
def test_whatever_points_at_a_case_from_another_package_is_a_part() -> None:
    pointing = {
        relation.related_model._meta.app_label
        for relation in Case._meta.get_fields()
        if isinstance(relation, ForeignObjectRel) and not isinstance(relation.related_model, str)
    }
    assert pointing - {"cases"} <= set(REGISTRY)


@pytest.mark.req("CAS-10")
def test_whatever_hangs_on_a_case_is_in_its_bundle_or_says_why_not() -> None:
    hanging = {
        relation.related_model._meta.label
        for of in (Case, Concern)
        for relation in of._meta.get_fields(include_hidden=True)
        if isinstance(relation, ForeignObjectRel)
        and not isinstance(relation.related_model, str)
        and relation.related_model._meta.app_label == "cases"
    }
    # the tables are asked without a database: of no case
    told = {table.rows(Told(Case(), ())).model._meta.label for table in TABLES}
    assert hanging - told == NOT_IN.keys() - {"cases.OriginalRequest"}


# what `cases.actions.erase` deletes by name, since nothing else may
# a case: what was merged into it
ERASED_BY_NAME = {"cases.Concern", "cases.Case"} | {model._meta.label for model in erasing.SIGNED}


@pytest.mark.req("SEC-5")
@pytest.mark.parametrize("of", [Case, Concern, Message, Attachment], ids=str)
def test_whatever_points_at_what_is_erased_goes_with_it(of: type[Model]) -> None:
    staying = {
        relation.related_model._meta.label
        for relation in of._meta.get_fields()
        if isinstance(relation, ForeignObjectRel)
        and not isinstance(relation.related_model, str)
        and relation.on_delete is not CASCADE
    }
    assert staying <= ERASED_BY_NAME


def test_every_dependency_says_why_it_is_here() -> None:
    lines = (ROOT / "pyproject.toml").read_text(encoding="utf-8").splitlines()
    start = lines.index("dependencies = [")
    entries = lines[start + 1 : lines.index("]", start)]
    for above, entry in pairwise(entries):
        if entry.strip().startswith('"'):
            assert above.strip().startswith("#"), entry
