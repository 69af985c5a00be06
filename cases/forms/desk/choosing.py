"""A choice among things of a case, whose names are known once its words are open."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms


class OneOf(forms.TypedChoiceField):
    """One of the things that are offered. Cleans to the thing, or None."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault(
            "error_messages", {"invalid_choice": "Choose from the list. Nothing was changed."}
        )
        super().__init__(empty_value=None, **kwargs)

    def offer(self, things: Iterable[tuple[UUID, str, object]], *, none: str = "") -> None:
        """Offer these: id, label and thing; `none` is the label of no choice, if there is one."""
        listed = list(things)
        offered = {str(pk): thing for pk, _, thing in listed}
        self.coerce = offered.__getitem__
        empty = [("", none)] if none else []
        self.choices = [*empty, *((str(pk), label) for pk, label, _ in listed)]
