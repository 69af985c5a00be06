"""Shapes of input that every API shares: strict about types, and about names that nobody knows."""

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

# What a page of a list is asked with; the paginator reads and checks it.
PAGING = frozenset({"cursor", "page_size"})
UNKNOWN = "This name is not known here. Look at /api/v1/ for those that are."


class Text(serializers.CharField):
    """A string: a number or a truth value is not taken for one."""

    def to_internal_value(self, data: Any) -> str:
        """Return the text."""
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class Flag(serializers.BooleanField):
    """True or false: no word or number that might mean it."""

    def to_internal_value(self, data: Any) -> bool:
        """Return the flag."""
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class Strict(serializers.Serializer[Any]):
    """An object that has no member but its own."""

    def to_internal_value(self, data: Any) -> Any:
        """Return the members, or refuse with everything that is wrong at once."""
        unknown = {name: [UNKNOWN] for name in self._unknown(data)}
        try:
            known = super().to_internal_value(data)
        except ValidationError as error:
            if not isinstance(error.detail, dict):
                raise
            raise ValidationError({**error.detail, **unknown}) from None
        if unknown:
            raise ValidationError(unknown)
        return known

    def _unknown(self, data: Any) -> set[str]:
        return set(data) - set(self.fields) if isinstance(data, Mapping) else set()


class Query(Strict):
    """The parameters of a list: each at most once, and none that is not known."""

    def to_internal_value(self, data: Any) -> Any:
        """Return the parameters."""
        if isinstance(data, QueryDict):
            twice = {name: ["Give this once."] for name, all_ in data.lists() if len(all_) > 1}
            if twice:
                raise ValidationError(twice)
            data = data.dict()
        return super().to_internal_value(data)

    def _unknown(self, data: Any) -> set[str]:
        return super()._unknown(data) - PAGING
