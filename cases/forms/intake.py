"""The questions at the reporter's door: one form a page, and what their answers amount to."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Self

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict

from cases import access
from cases.actions import Filing, Identity
from cases.lifecycle import Kind, Mode
from cases.models import Category
from cases.rules import NARRATIVE_MAX
from common.errors import RuleError
from common.fields import PARTS, Described, PartialDate
from files.rules.kinds import TAKEN
from people.models import Person, Unit
from people.rules import FOR_EVER

# What was typed, as it was typed: the values of every input by its name.
Answers = dict[str, list[str]]
NAME_MAX, CONTACT_MAX, ABOUT_MAX = 120, 300, 2_000
GONE = "Choose again: what you had chosen is not offered any more."


class Words(forms.CharField):
    """A text of bounded length. The browser is told no limit: it would cut what is pasted."""

    def __init__(self, *, limit: int = NARRATIVE_MAX, rows: int = 4, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": rows}))
        super().__init__(**kwargs)
        self.limit = limit

    def validate(self, value: str) -> None:
        """Say by how much a text is too long."""
        super().validate(value)
        if len(value) > self.limit:
            raise ValidationError(_too_long(len(value) - self.limit, self.limit))


def _too_long(over: int, limit: int) -> str:
    return (
        f"This is {over:,} characters longer than we can take ({limit:,}). Shorten it, or add the "
        "rest as a file. All of it is kept here."
    )


class Question(forms.Form):
    """One page of questions; the server alone says what is wrong, so that it is said one way."""

    use_required_attribute = False

    def names(self) -> list[str]:
        """Return the names of the inputs on the page."""
        names: list[str] = []
        for name, field in self.fields.items():
            if isinstance(field, PartialDate):
                names += [f"{name}_{part}" for part in PARTS]
            elif not isinstance(field, forms.FileField):
                names.append(name)
        return names

    @classmethod
    def typed(cls, posted: "MultiValueDict[str, str]") -> Answers:
        """Return what was typed on this page, wrong or right."""
        return {
            name: [value.replace("\r\n", "\n") for value in posted.getlist(name)]
            for name in cls().names()
        }

    @classmethod
    def of(cls, answers: Answers) -> Self:
        """Return the page with its answers, to be checked."""
        return cls(MultiValueDict(answers))

    @classmethod
    def shown(cls, answers: Answers) -> Self:
        """Return the page with its answers as they were typed, unchecked."""
        form = cls()
        for name, field in form.fields.items():
            if isinstance(field, PartialDate):
                form.initial[name] = ["".join(answers.get(f"{name}_{part}", ())) for part in PARTS]
            elif isinstance(field, forms.ModelMultipleChoiceField):
                form.initial[name] = answers.get(name, [])
            else:
                form.initial[name] = "".join(answers.get(name, [])[:1])
        return form


class KindForm(Question):
    """Which of the three ways."""

    kind = forms.ChoiceField(
        label="What would you like to do?",
        widget=forms.RadioSelect,
        choices=[
            (
                Kind.GUIDANCE,
                Described("Ask for guidance", hint="Nothing has happened yet. Think it through."),
            ),
            (
                Kind.REPORT,
                Described("Report a concern", hint="Something happened. You do not need proof."),
            ),
            (
                Kind.EXCEPTION,
                Described("Request an exception", hint="The rule would harm someone. May it bend?"),
            ),
        ],
        error_messages={"required": "Choose one of the three.", "invalid_choice": GONE},
    )


# -- what it is about --------------------------------------------------------------------


class StoryForm(Question):
    """The reporter's own words, in parts; the first part stands without a heading."""

    def clean(self) -> dict[str, Any]:
        """Refuse what is too long as a whole."""
        over = len(self.narrative()) - NARRATIVE_MAX
        if over > 0 and not self.errors:
            longest = max(self.parts(), key=lambda name: len(self.parts()[name]))
            self.add_error(longest, _too_long(over, NARRATIVE_MAX))
        return self.cleaned_data

    def parts(self) -> dict[str, str]:
        """Return each part's text by its name."""
        return {name: str(self.cleaned_data.get(name, "")) for name in self.fields}

    def narrative(self) -> str:
        """Return the parts as one text."""
        parts = self.parts()
        first, *others = parts
        written = [parts[first]] if parts[first] else []
        written += [f"{self.fields[name].label}\n{parts[name]}" for name in others if parts[name]]
        return "\n\n".join(written)


class GuidanceForm(StoryForm):
    """A dilemma, before anything has happened."""

    want = Words(
        label="What do they want?",
        help_text="What a client, a customer or a manager asks of you, and how they ask it.",
        error_messages={"required": "Say what they want. A sentence is enough."},
    )
    require = Words(
        label="What do we require?",
        help_text="A rule, a standard, a promise. A guess is fine.",
        required=False,
        rows=3,
    )
    friction = Words(
        label="Where is the friction?",
        help_text="Why you cannot simply do both.",
        required=False,
        rows=3,
    )
    fear = Words(
        label="What do you fear?",
        help_text="If you say no, and if you say yes.",
        required=False,
        rows=3,
    )


class ReportForm(StoryForm):
    """Something that happened."""

    happened = Words(
        label="What happened?",
        help_text="In your own words and in any language: who did what, where, and how you know.",
        rows=10,
        error_messages={"required": "Say in your own words what happened. A sentence is enough."},
    )


class ExceptionForm(StoryForm):
    """A rule that may have to bend."""

    rule = Words(
        label="Which rule would you bend?",
        help_text="Its name, or how it is applied.",
        rows=3,
        error_messages={"required": "Say which rule it is. How people call it is enough."},
    )
    hardship = Words(
        label="Whom would it harm, and how?",
        help_text="Without a name, if you can.",
        error_messages={"required": "Say what harm the rule would do. A sentence is enough."},
    )
    instead = Words(
        label="What would you do instead?",
        help_text="And what you have tried already.",
        required=False,
        rows=3,
    )


STORIES: dict[str, type[StoryForm]] = {
    Kind.GUIDANCE: GuidanceForm,
    Kind.REPORT: ReportForm,
    Kind.EXCEPTION: ExceptionForm,
}


# -- the facts beside it -------------------------------------------------------------------


class CategoryField(forms.ModelChoiceField[Category]):
    """The site's categories, each with its hint."""

    def label_from_instance(self, obj: Category) -> str:
        """Return the category's label."""
        return Described(obj.label, hint=obj.hint)


class TopicForm(Question):
    """What it is closest to, and where."""

    category = CategoryField(
        label="What is it closest to?",
        queryset=Category.objects.filter(is_active=True).order_by("position", "label"),
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose what it is closest to. It can be changed later.",
            "invalid_choice": GONE,
        },
    )
    unit = forms.ModelChoiceField(
        label="Where is it?",
        help_text="Leave it open if the name of the unit would point at you.",
        queryset=Unit.objects.order_by("name"),
        to_field_name="code",
        required=False,
        empty_label="I would rather not say",
        error_messages={"invalid_choice": GONE},
    )


class WhenForm(Question):
    """When it was, as far as it is known."""

    happened_on = PartialDate(
        label="When was it, or when will it be?",
        help_text="The year alone is enough. Leave all of it empty if you do not know.",
        required=False,
    )


class DangerForm(Question):
    """Whether somebody has to act today."""

    in_danger = forms.ChoiceField(
        label="Is anyone in danger now?",
        widget=forms.RadioSelect,
        choices=[("yes", "Yes, someone may be"), ("no", "No, not now")],
        error_messages={"required": "Choose yes or no.", "invalid_choice": GONE},
    )


class TrustedField(forms.ModelMultipleChoiceField[Person]):
    """The people of the office and around it, each with what they do."""

    def label_from_instance(self, obj: Person) -> str:
        """Return the person's name and roles."""
        return Described(obj.name, hint=", ".join(obj.role_labels))

    def clean(self, value: Any) -> Any:
        """Say one thing of everything that is not in the list."""
        try:
            return super().clean(value)
        except ValidationError as error:
            if error.code == "required":
                raise
            raise ValidationError(GONE) from None


class PeopleForm(Question):
    """Who it is about, and who must not read it."""

    about = Words(
        label="Who is it about?",
        help_text="Names, if you know them. Leave it empty if you would rather not say.",
        required=False,
        rows=2,
        limit=ABOUT_MAX,
    )
    excluded = TrustedField(
        label="Is one of these people involved, or too close to it?",
        help_text=(
            "Whoever you tick never sees it, nor does anyone who reports to them, stands in for "
            "them, or has told us to be close to them."
        ),
        queryset=Person.objects.trusted(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def clean(self) -> dict[str, Any]:
        """Refuse where nobody would be left to read it."""
        if not self.errors:
            try:
                self.readers(since=FOR_EVER)
            except RuleError as error:
                self.add_error("excluded", str(error))
        return self.cleaned_data

    def readers(self, narrative: str = "", *, since: date) -> access.Readers:
        """Return who would read it if it were sent on a day, or refuse."""
        given = self.cleaned_data
        subjects = access.subjects_in(given["about"], given["excluded"], narrative)
        return access.readers_beyond(access.walls_around(subjects, since=since))


KNOWS, ASKS, PROTECTS = "Who knows it is you", "We can ask you things", "We can protect you"


class KnownForm(Question):
    """Named, confidential or anonymous: by consequence, none chosen beforehand."""

    mode = forms.ChoiceField(
        label="How do you want to be known?",
        help_text="Choose by what follows from it. You can tell us more later, never take it back.",
        widget=forms.RadioSelect,
        choices=[
            (
                Mode.ANONYMOUS,
                Described(
                    "Anonymous",
                    follows=[
                        (KNOWS, "Nobody"),
                        (ASKS, "Only if you come back with the receipt"),
                        (PROTECTS, "Only as far as we can guess"),
                    ],
                ),
            ),
            (
                Mode.CONFIDENTIAL,
                Described(
                    "Confidential",
                    follows=[
                        (KNOWS, "Nobody, unless a custodian agrees"),
                        (ASKS, "Yes, without knowing your name"),
                        (PROTECTS, "Yes, through the custodian"),
                    ],
                ),
            ),
            (
                Mode.NAMED,
                Described(
                    "Named",
                    follows=[
                        (KNOWS, "The people who work on it"),
                        (ASKS, "Yes, in person too"),
                        (PROTECTS, "Yes, from the first day"),
                    ],
                ),
            ),
        ],
        error_messages={"required": "Choose how you want to be known.", "invalid_choice": GONE},
    )


class YouForm(Question):
    """Who the reporter is; asked only where they want to be known."""

    name = Words(
        label="Your name",
        limit=NAME_MAX,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Write your name, or go back and choose to be anonymous."},
    )
    contact = Words(
        label="How can we reach you?",
        help_text="A telephone number, a place, a good time. You may leave it empty.",
        limit=CONTACT_MAX,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    notify = forms.EmailField(
        label="An e-mail address to tell you that something waits",
        help_text="You may leave it empty and look here with your receipt instead.",
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={"invalid": "Write the address as name@example.org, or leave it empty."},
    )


class FilesForm(Question):
    """A file, if there is one."""

    file = forms.FileField(
        label="Choose a file",
        help_text=(
            f"{TAKEN}. Up to {settings.UPLOAD_MAX_BYTES // 2**20} MB each, "
            f"{settings.UPLOAD_MAX_FILES} files in all."
        ),
        required=False,
        allow_empty_file=True,
    )

    def clean_file(self) -> UploadedFile | None:
        """Refuse a file without content."""
        file: UploadedFile | None = self.cleaned_data.get("file")
        if file and not file.size:
            msg = "This file is empty, so it was not taken. The rest is kept. Choose another."
            raise ValidationError(msg)
        return file


class ExcludeForm(Question):
    """Who should not read what was sent already."""

    excluded = TrustedField(
        label="Who should not read it?",
        help_text=(
            "Whoever you tick opens nothing of it any more, nor does anyone who reports to them, "
            "stands in for them, or has told us to be close to them."
        ),
        queryset=Person.objects.trusted(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Tick at least one person. Nothing was changed."},
    )


class ReplyForm(Question):
    """A message from the reporter to the team."""

    text = Words(
        label="Your message",
        # a name would wall off whoever the reporter writes to, so it is asked first
        help_text="If you write the full name of somebody who reads this, we ask you first "
        "whether to keep them away.",
        rows=4,
        error_messages={"required": "The message is empty, so nothing was sent. Write it here."},
    )


# -- from answers to what is filed -----------------------------------------------------------

PAGES: dict[str, type[Question]] = {
    "kind": KindForm,
    "topic": TopicForm,
    "when": WhenForm,
    "danger": DangerForm,
    "people": PeopleForm,
    "known": KnownForm,
    "you": YouForm,
    "files": FilesForm,
}


def page(step: str, kind: str) -> type[Question]:
    """Return the page of a step."""
    return STORIES[kind] if step == "story" else PAGES[step]


def steps(answers: Mapping[str, list[str]]) -> list[str]:
    """Return the steps that these answers lead through; who you are only if you are known."""
    you = [] if answers.get("mode") == [Mode.ANONYMOUS] else ["you"]
    return ["kind", "story", "topic", "when", "danger", "people", "known", *you, "files"]


def incomplete(answers: Answers, kind: str) -> str | None:
    """Return the first step whose answers need another look, or None."""
    found = (step for step in steps(answers) if not page(step, kind).of(answers).is_valid())
    return next(found, None)


def filing(answers: Answers, kind: str) -> Filing:
    """Return what complete answers file; without those to questions that were not asked."""
    given: dict[str, Any] = {}
    for step in steps(answers):
        form = page(step, kind).of(answers)
        form.is_valid()
        given |= form.cleaned_data
    story = STORIES[kind].of(answers)
    story.is_valid()
    is_known = given["mode"] != Mode.ANONYMOUS
    return Filing(
        kind=Kind(kind),
        category=given["category"],
        mode=Mode(given["mode"]),
        narrative=story.narrative(),
        about=given["about"],
        excluded=tuple(given["excluded"]),
        unit=given["unit"],
        in_danger=given["in_danger"] == "yes",
        identity=Identity(given["name"], given["contact"]) if is_known else None,
        notify=given["notify"] if is_known else "",
        answers={**story.parts(), "happened_on": given["happened_on"]},
    )


def readers(answers: Answers, kind: str, *, since: date) -> access.Readers | None:
    """Return who reads what is sent with these answers on a day; None where they do not hold."""
    people, story = PeopleForm.of(answers), STORIES[kind].of(answers)
    if not people.is_valid():
        return None
    story.is_valid()
    return people.readers(story.narrative(), since=since)


def unsure(answers: Answers, kind: str) -> list[Person]:
    """Return who of the trusted these answers may mean by half a name, which keeps nobody away."""
    people, story = PeopleForm.of(answers), STORIES[kind].of(answers)
    if not people.is_valid():
        return []
    story.is_valid()
    given, narrative = people.cleaned_data, story.narrative()
    subjects = access.subjects_in(given["about"], given["excluded"], narrative)
    return access.unsure_in(narrative, subjects)


def labels() -> dict[str, str]:
    """Return the label of every input in which somebody writes in their own words."""
    pages: Iterable[type[Question]] = [*STORIES.values(), PeopleForm, YouForm, ReplyForm]
    found: dict[str, str] = {}
    for form in pages:
        for name, field in form().fields.items():
            if isinstance(field, forms.CharField):
                found[name] = str(field.label)
    return found
