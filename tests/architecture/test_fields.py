"""Every field of every model is declared personal, sealed or plain."""

import pytest
from django.apps import apps
from django.db.models import Model

from ethicsdesk.grants import MAIN
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


# Tables of others that hold rows of ours; what allauth makes besides stays empty (grants.py).
THEIRS = {
    "mfa.Authenticator": {
        "personal": {"user", "created_at", "last_used_at"},
        # secrets in it are sealed under a key of the server (people.views.adapters)
        "sealed": {"data"},
        "plain": {"id", "type"},
    },
    "socialaccount.SocialAccount": {
        # uid is a digest of issuer and subject; extra_data stays empty
        "personal": {"user", "uid", "last_login", "date_joined"},
        "plain": {"id", "provider", "extra_data"},
    },
}


@pytest.mark.req("SEC-1")
def test_every_field_of_others_in_which_we_write_is_classified() -> None:
    filled = {
        model._meta.label: {field.name for field in model._meta.fields}
        for model in apps.get_models()
        if model._meta.app_config.name.startswith("allauth.") and MAIN[model._meta.db_table]
    }
    declared = {
        label: {name for names in kinds.values() for name in names}
        for label, kinds in THEIRS.items()
    }
    assert declared == filled
