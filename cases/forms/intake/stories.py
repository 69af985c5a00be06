"""The story in the three ways of telling it."""

from typing import Any

from cases.forms.intake.questions import Question, Words, too_long
from cases.lifecycle import Kind
from cases.rules import NARRATIVE_MAX


class StoryForm(Question):
    """The reporter's own words, in parts; the first part stands without a heading."""

    def clean(self) -> dict[str, Any]:
        """Refuse what is too long as a whole."""
        over = len(self.narrative()) - NARRATIVE_MAX
        if over > 0 and not self.errors:
            longest = max(self.parts(), key=lambda name: len(self.parts()[name]))
            self.add_error(longest, too_long(over, NARRATIVE_MAX))
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
