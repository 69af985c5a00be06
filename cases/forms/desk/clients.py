"""Which client a concern is about, and why a red flag is kept on one."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django import forms

from cases.models import ClientLink


class ClientForm(forms.Form):
    """The name or number of a client."""

    client = forms.CharField(
        label="Name or number of the client",
        help_text="Sealed to the concern. However it is written, the same client is found again.",
        error_messages={"required": "Write the client's name or number. Nothing was changed."},
    )


class SlipForm(forms.Form):
    """Which client was named by a slip."""

    link = forms.UUIDField(widget=forms.HiddenInput)


class FlagForm(forms.Form):
    """On which client of a case a red flag is kept, and why."""

    link = forms.TypedChoiceField(
        label="On which client",
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose the client. Nothing was changed.",
            "invalid_choice": "This client is not named in this case any more. Look again.",
        },
    )
    why = forms.CharField(
        label="What it is kept for",
        help_text="Sealed to the team. Others learn that there is a flag, and since when.",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Write what the red flag is kept for. Nothing was changed."},
    )

    def __init__(
        self, *args: Any, among: Iterable[ClientLink], names: Mapping[UUID, str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        links = {str(link.pk): link for link in among}
        field = self.fields["link"]
        if isinstance(field, forms.TypedChoiceField):
            field.coerce = links.__getitem__
            field.choices = [
                (key, names.get(link.pk, "A client whose name is sealed"))
                for key, link in links.items()
            ]
        if len(links) == 1:
            self.initial["link"] = next(iter(links))
