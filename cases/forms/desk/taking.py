"""What an officer enters while somebody tells it: one page, in the order in which it is asked."""

from datetime import date
from typing import Any

from django import forms

from cases.actions import Filing, Identity
from cases.forms.intake.facts import ABOUT_MAX, CONTACT_MAX, NAME_MAX, PeopleForm, WhenForm
from cases.forms.intake.questions import GONE, TrustedField, Words
from cases.lifecycle import TAKEN_DOWN, Channel, Kind, Mode
from cases.models import Category
from cases.rules import HEARD_LATELY, HEARD_WITHIN
from common.fields import Described
from people.models import Person, Unit

TELLS_WHO = ("name", "contact", "notify")


class TakingForm(WhenForm, PeopleForm):
    """The questions of the reporter's door, as an officer asks them for somebody."""

    in_danger = forms.ChoiceField(
        label="Is anyone in danger now?",
        widget=forms.RadioSelect,
        choices=[("yes", "Yes, someone may be"), ("no", "No, not now")],
        error_messages={"required": "Ask whether anyone is in danger.", "invalid_choice": GONE},
    )
    channel = forms.TypedChoiceField(
        label="How do they tell it?",
        choices=[(one.value, one.label) for one in TAKEN_DOWN],
        coerce=Channel,
        error_messages={"required": "Say how it came in.", "invalid_choice": GONE},
    )
    said_on = forms.DateField(
        label="On which day did they say it?",
        help_text="What we promise runs from that day. Of a time nothing is kept.",
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={
            "required": "Say on which day it was said.",
            "invalid": "Write the day as 2026-03-16.",
        },
    )
    is_sure = forms.BooleanField(
        label="It was said on that day, and we promise from that day on", required=False
    )
    kind = forms.TypedChoiceField(
        label="What do they want?",
        choices=[
            (Kind.REPORT, Described("To report a concern", hint="Something happened.")),
            (Kind.GUIDANCE, Described("Guidance", hint="Nothing has happened yet.")),
            (Kind.EXCEPTION, Described("An exception", hint="A rule would harm someone.")),
        ],
        coerce=Kind,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose one of the three.", "invalid_choice": GONE},
    )
    told = Words(
        label="What they say",
        help_text="As they say it, in their words and in any language. Read it back to them. It "
        "cannot be changed afterwards: what you think of it is for a note.",
        rows=12,
        error_messages={"required": "Write down what they say. A sentence is enough."},
    )
    category = forms.ModelChoiceField(
        label="What is it closest to?",
        queryset=Category.objects.filter(is_active=True).order_by("position", "label"),
        empty_label="Choose",
        error_messages={
            "required": "Choose what it is closest to. It can be changed at triage.",
            "invalid_choice": GONE,
        },
    )
    unit = forms.ModelChoiceField(
        label="Where is it?",
        help_text="Leave it open if the name of the unit would point at them.",
        queryset=Unit.objects.order_by("name"),
        to_field_name="code",
        required=False,
        empty_label="They would rather not say",
        error_messages={"invalid_choice": GONE},
    )
    about = Words(
        label="Who is it about?",
        help_text="Whoever you name in full, here or above, never sees it, nor does anyone close "
        "to them. If that is you, or somebody close to you, write it down all the same: others "
        "read it, and you do not find it again.",
        required=False,
        rows=2,
        limit=ABOUT_MAX,
    )
    excluded = TrustedField(
        label="Is one of these people involved, or too close to it?",
        queryset=Person.objects.trusted(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    mode = forms.TypedChoiceField(
        label="How do they want to be known?",
        choices=[
            (
                Mode.ANONYMOUS,
                Described(
                    "Anonymous",
                    hint="Do not ask who they are. They come back with the receipt, or not at all.",
                ),
            ),
            (
                Mode.CONFIDENTIAL,
                Described(
                    "Confidential",
                    hint="Their name is sealed to the custodians. You have heard it: keep it to "
                    "yourself, and write it nowhere else on this page.",
                ),
            ),
            (
                Mode.NAMED,
                Described("Named", hint="Whoever works on it knows who told it."),
            ),
        ],
        coerce=Mode,
        widget=forms.RadioSelect,
        error_messages={"required": "Ask how they want to be known.", "invalid_choice": GONE},
    )
    name = Words(
        label="Their name",
        limit=NAME_MAX,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    contact = Words(
        label="How can we reach them?",
        help_text="A telephone number, a place, a good time.",
        limit=CONTACT_MAX,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    notify = forms.EmailField(
        label="An e-mail address to tell them that something waits",
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={"invalid": "Write the address as name@example.org, or leave it empty."},
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        first = {"channel": Channel.PHONE, "kind": Kind.REPORT, "said_on": today}
        kwargs["initial"] = {**first, **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        self.today = today
        span = {"min": (today - HEARD_WITHIN).isoformat(), "max": today.isoformat()}
        self.fields["said_on"].widget.attrs.update(span)

    def clean_said_on(self) -> date:
        """Return the day, which has come, and not long ago."""
        said_on: date = self.cleaned_data["said_on"]
        if said_on > self.today:
            msg = "This day has not come yet. Look at it again."
            raise forms.ValidationError(msg)
        if self.today - said_on > HEARD_WITHIN:
            msg = "This day is more than a year ago. Look at the year again."
            raise forms.ValidationError(msg)
        return said_on

    def clean(self) -> dict[str, Any]:
        """Refuse a name of the anonymous and none of the others; ask about a day some time ago."""
        given = super().clean() or self.cleaned_data
        said_on = given.get("said_on")
        if said_on and self.today - said_on > HEARD_LATELY and not given.get("is_sure"):
            ago = (self.today - said_on).days
            self.add_error(
                "is_sure", f"That is {ago} days ago. If it is right, tick this; else mend the day."
            )
        mode = given.get("mode")
        told = [name for name in TELLS_WHO if given.get(name)]
        if mode == Mode.ANONYMOUS:
            for name in told:
                self.add_error(name, "They want to be anonymous, so take this out.")
        elif mode and "name" not in told and "name" not in self.errors:
            self.add_error("name", "Write their name, or choose that they stay anonymous.")
        return given

    def filing(self) -> Filing:
        """Return what a sheet that holds files."""
        given = self.cleaned_data
        is_known = given["mode"] != Mode.ANONYMOUS
        return Filing(
            kind=given["kind"],
            category=given["category"],
            mode=given["mode"],
            narrative=given["told"],
            about=given["about"],
            excluded=tuple(given["excluded"]),
            unit=given["unit"],
            in_danger=given["in_danger"] == "yes",
            identity=Identity(given["name"], given["contact"]) if is_known else None,
            notify=given["notify"],
            answers={"happened_on": given["happened_on"]},
        )
