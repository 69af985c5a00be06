"""Send the outer keys to the keystore, a cluster of its own; the erasure record stands in both."""

from typing import Any

from django.db.models import Model

from safes.access import KEYSTORE

KEPT_THERE = {"outerkey"}
KEPT_IN_BOTH = {"erasure"}


class Keystore:
    """Routes `safes.OuterKey` to the keystore."""

    def _is_kept_there(self, model: type[Model]) -> bool:
        return model._meta.app_label == "safes" and model._meta.model_name in KEPT_THERE

    def db_for_read(self, model: type[Model], **_hints: Any) -> str | None:
        """Return where to read a model from."""
        return KEYSTORE if self._is_kept_there(model) else None

    def db_for_write(self, model: type[Model], **_hints: Any) -> str | None:
        """Return where to write a model to."""
        return KEYSTORE if self._is_kept_there(model) else None

    def allow_migrate(
        self, db: str, app_label: str, model_name: str | None = None, **_hints: Any
    ) -> bool:
        """Return whether a migration belongs into a database."""
        if app_label == "safes" and model_name in KEPT_IN_BOTH:
            return True
        kept = app_label == "safes" and model_name in KEPT_THERE
        return kept if db == KEYSTORE else not kept
