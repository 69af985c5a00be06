"""What is entered into the register of evidence."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms

from cases.forms.desk.choosing import OneOf
from cases.lifecycle import Bearing, CustodyAct, ExhibitKind

Offered = Iterable[tuple[UUID, str, object]]


class ExhibitForm(forms.Form):
    """A piece of evidence: what it is, from whom, where it lies, and what it bears on."""

    title = forms.CharField(
        label="What it is",
        help_text="So that somebody else finds it: “Visit log of site 4, October”. Sealed.",
        max_length=200,
        error_messages={"required": "Write what it is. Nothing was added."},
    )
    kind = forms.TypedChoiceField(
        label="Kind",
        choices=ExhibitKind,
        coerce=ExhibitKind,
        initial=ExhibitKind.DOCUMENT,
        error_messages={"required": "Choose what kind it is. Nothing was added."},
    )
    thing = OneOf(
        label="Is it here already?",
        help_text="A file or a note of this case.",
        required=False,
    )
    received_on = forms.DateField(
        label="Received on",
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": "Say when it was received. Nothing was added.",
            "invalid": "This is no date. Write it as 2026-03-16.",
        },
    )
    came_from = OneOf(label="From whom", required=False)
    source = forms.CharField(
        label="How it came here",
        help_text="Who handed it over, or where it was found. Sealed.",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    place = forms.CharField(
        label="Where it is kept",
        help_text="Sealed. Its custody begins with this.",
        required=False,
        max_length=200,
    )
    allegation = OneOf(label="On which allegation it bears", required=False)
    how = forms.TypedChoiceField(
        label="How it bears on it",
        choices=[("", "Choose"), *Bearing.choices],
        coerce=Bearing,
        required=False,
        empty_value=None,
    )

    def __init__(
        self,
        *args: Any,
        things: Offered,
        parties: Offered,
        allegations: Offered,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        offered = {
            "thing": (things, "No, it lies elsewhere"),
            "came_from": (parties, "Nobody of the parties"),
            "allegation": (allegations, "None yet"),
        }
        for name, (among, none) in offered.items():
            field = self.fields[name]
            if isinstance(field, OneOf):
                field.offer(among, none=none)

    def clean(self) -> dict[str, Any]:
        """Return what was entered; on which allegation it bears goes with how."""
        entered = self.cleaned_data
        if entered.get("allegation") and entered.get("how") is None and "how" not in self.errors:
            self.add_error("how", "Say how it bears on the allegation. Nothing was added.")
        return entered


class CustodyForm(forms.Form):
    """What was done with a piece of evidence, and where it is now."""

    act = forms.TypedChoiceField(
        label="What was done",
        choices=[one for one in CustodyAct.choices if one[0] != CustodyAct.RECEIVED],
        coerce=CustodyAct,
        error_messages={"required": "Say what was done. Nothing was recorded."},
    )
    place = forms.CharField(
        label="Where it is now, or who has it",
        help_text="Sealed. What is recorded here is never changed.",
        max_length=200,
        error_messages={"required": "Say where it is now. Nothing was recorded."},
    )


class BearsForm(forms.Form):
    """On which allegation a piece of evidence bears, and how."""

    allegation = OneOf(
        label="Allegation",
        error_messages={
            "required": "Choose an allegation. Nothing was changed.",
            "invalid_choice": "Choose an allegation from the list. Nothing was changed.",
        },
    )
    how = forms.TypedChoiceField(
        label="What it says of it",
        choices=Bearing,
        coerce=Bearing,
        widget=forms.RadioSelect,
        error_messages={"required": "Say how it bears on it. Nothing was changed."},
    )

    def __init__(self, *args: Any, allegations: Offered, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["allegation"]
        if isinstance(field, OneOf):
            field.offer(allegations)
