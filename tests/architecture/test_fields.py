"""Every field of every model is declared personal, sealed or plain."""

import pytest
from django.db.models import Model

from tests.architecture.test_packages import OURS


@pytest.mark.req("SEC-1")
@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_every_field_is_classified(model: type[Model]) -> None:
    privacy = getattr(model, "Privacy", None)
    assert privacy is not None, f"{model._meta.label} declares no Privacy"
    declared = [
        name for kind in ("personal", "sealed", "plain") for name in getattr(privacy, kind, set())
    ]
    fields = {field.name for field in (*model._meta.fields, *model._meta.many_to_many)}
    assert sorted(declared) == sorted(fields)
