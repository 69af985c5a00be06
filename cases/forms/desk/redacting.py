"""What is entered to make a redacted copy, to review it, and to record that it went."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from cases.forms.desk.hearing import day_field
from cases.lifecycle import CODES, OF_COPIES, Ground, Purpose
from cases.rules.redaction import PATTERNS, Removal, Suggestion, forms_of, removals, sentences
from common.errors import RuleError
from files.rules.finding import Pattern, folded
from files.rules.orders import WHOLE, Area, Order

STAYS = [("", "Stays"), *Ground.choices]
# rows in which words of one's own are entered; what does not fit is entered in the next copy
ROWS = 6
_AREA = re.compile(r"(\d{1,4})\s*[:;]\s*" + r"[\s,]+".join([r"(\d{1,3}(?:\.\d{1,6})?)%?"] * 4))
_PAGES = re.compile(r"(\d{1,4})(?:\s*-\s*(\d{1,4}))?")
MOST_PAGES_NAMED = 1_000


def _ground(label: str, *, initial: str = "", css: str = "ed-select") -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        widget=forms.Select(attrs={"class": css} if css else {}),
        choices=STAYS,
        required=False,
        initial=initial,
        error_messages={"invalid_choice": "Choose a reason from the list. Nothing was made."},
    )


class RedactForm(forms.Form):
    """For what and for whom a copy is made, and which words are taken out of it."""

    of = forms.CharField(widget=forms.HiddenInput)
    purpose = forms.TypedChoiceField(
        label="What the copy is for",
        choices=[(one.value, one.label) for one in OF_COPIES],
        coerce=Purpose,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what the copy is for. What you marked is kept."},
    )
    recipient = forms.CharField(
        label="Who gets it",
        help_text="Sealed to the team. It does not stand in the copy.",
        max_length=500,
        error_messages={"required": "Write who gets it. What you marked is kept."},
    )

    def __init__(self, *args: Any, suggestions: Sequence[Suggestion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._suggestions = {_name_of(one.words): one for one in suggestions}
        for name, one in self._suggestions.items():
            self.fields[name] = _ground(one.words, initial=one.ground)
        for n in range(ROWS):
            self.fields[f"words_{n}"] = forms.CharField(
                label=f"Words {n + 1}", required=False, max_length=500
            )
            self.fields[f"ground_{n}"] = _ground(f"Why words {n + 1} go", css="")

    def suggested(self) -> Iterator[tuple[Suggestion, BoundField]]:
        """Yield what may have to go, with what is decided on it."""
        for name, one in self._suggestions.items():
            yield one, self[name]

    def own(self) -> Iterator[tuple[BoundField, BoundField]]:
        """Yield the rows for words of one's own."""
        for n in range(ROWS):
            yield self[f"words_{n}"], self[f"ground_{n}"]

    def clean(self) -> dict[str, Any]:
        """Refuse words without a reason: none of them goes unsaid."""
        entered = super().clean() or self.cleaned_data
        for n in range(ROWS):
            if entered.get(f"words_{n}") and not entered.get(f"ground_{n}"):
                self.add_error(f"ground_{n}", f"Choose why words {n + 1} go. They are kept.")
        return entered

    @property
    def words(self) -> list[tuple[str, Ground]]:
        """Return the words that go, wherever they stand."""
        told = self.cleaned_data
        found = [
            (one.words, Ground(told[name]))
            for name, one in self._suggestions.items()
            if told.get(name)
        ]
        own = [
            (told[f"words_{n}"], Ground(told[f"ground_{n}"]))
            for n in range(ROWS)
            if told.get(f"words_{n}")
        ]
        return [*own, *found]

    @property
    def entered(self) -> dict[str, Any]:
        """Return what was entered, for whoever makes the copy once more."""
        kept = {name: said for name, said in self.cleaned_data.items() if name != "of"}
        # that something suggested stays is a decision as well
        return {name: said for name, said in kept.items() if said or name in self._suggestions}


class RedactTextForm(RedactForm):
    """What goes of a text: its sentences beside the words."""

    def __init__(self, *args: Any, text: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._text = text
        self._spans = sentences(text)
        for n, span in enumerate(self._spans):
            self.fields[f"sentence_{n}"] = _ground(text[span.start : span.end].strip())

    def parts(self) -> Iterator[BoundField]:
        """Yield the sentences, in their order."""
        for n in range(len(self._spans)):
            yield self[f"sentence_{n}"]

    def taken(self) -> list[Removal]:
        """Return which parts of the text go."""
        told = self.cleaned_data
        parts = {
            n: Ground(said) for n in range(len(self._spans)) if (said := told.get(f"sentence_{n}"))
        }
        return removals(self._text, parts=parts, words=self.words, patterns=(), born_before=0)


class RedactPagesForm(RedactForm):
    """What goes of a file of pages: forms of words, whole pages and areas beside the words."""

    staff = _ground("Names of everybody who works here")
    pages = forms.CharField(
        label="Whole pages",
        help_text="Their numbers, such as 2, 5-7.",
        required=False,
        max_length=500,
    )
    pages_ground = _ground("Why these pages go", css="")
    areas = forms.CharField(
        label="Areas",
        help_text="One a line: the page, then left, top, right and bottom in hundredths of the "
        "page. “2: 10 20 60 25” is on page 2, from 10 to 60 across and from 20 to 25 down.",
        required=False,
        max_length=5_000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    areas_ground = _ground("Why these areas go", css="")
    whole_lines = forms.BooleanField(
        label="Take out the whole line in which a word stands",
        help_text="Else the width of a box tells about how long the word was.",
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for pattern, label in PATTERNS.items():
            self.fields[f"form_{pattern}"] = _ground(label)

    def formed(self) -> Iterator[BoundField]:
        """Yield what is found by its form, and by who works here."""
        for pattern in PATTERNS:
            yield self[f"form_{pattern}"]
        yield self["staff"]

    def placed(self) -> Iterator[tuple[BoundField, BoundField]]:
        """Yield the pages and areas."""
        for name in ("pages", "areas"):
            yield self[name], self[f"{name}_ground"]

    def clean_pages(self) -> str:
        """Refuse what is no list of pages."""
        said: str = self.cleaned_data["pages"]
        try:
            _pages_in(said)
        except RuleError as refusal:
            raise forms.ValidationError(str(refusal)) from None
        return said

    def clean_areas(self) -> str:
        """Refuse what is no list of areas."""
        said: str = self.cleaned_data["areas"]
        try:
            _areas_in(said, "")
        except RuleError as refusal:
            raise forms.ValidationError(str(refusal)) from None
        return said

    def clean(self) -> dict[str, Any]:
        """Refuse pages and areas without a reason."""
        entered = super().clean()
        for name in ("pages", "areas"):
            if entered.get(name) and not entered.get(f"{name}_ground"):
                self.add_error(f"{name}_ground", f"Choose why these {name} go. They are kept.")
        return entered

    def order(self, staff: Mapping[Any, str], *, born_before: int) -> dict[str, Any]:
        """Return what the cleaner is to take out; `staff` is who works here."""
        told = self.cleaned_data
        words = [(one, CODES[ground]) for one, ground in self.words]
        if told.get("staff"):
            code = CODES[Ground(told["staff"])]
            known = {folded(one).text for one, _ in words}
            turned = (form for name in staff.values() for form in forms_of(name) if " " in form)
            words += [(one, code) for one in turned if folded(one).text not in known]
        patterns = [
            (pattern, CODES[Ground(said)])
            for pattern in Pattern
            if (said := told.get(f"form_{pattern}"))
        ]
        of_pages, of_areas = told.get("pages_ground"), told.get("areas_ground")
        return Order(
            words=words,
            patterns=patterns,
            pages=[(n, CODES[Ground(of_pages)]) for n in _pages_in(told["pages"])]
            if of_pages
            else [],
            areas=_areas_in(told["areas"], CODES[Ground(of_areas)]) if of_areas else [],
            whole_lines=bool(told.get("whole_lines")),
            born_before=born_before,
        ).told()


def _name_of(words: str) -> str:
    """Return the name of the field that decides on words, the same whenever they are suggested."""
    return "may_" + hashlib.sha256(folded(words).text.encode()).hexdigest()[:12]


def _pages_in(said: str) -> list[int]:
    found: list[int] = []
    for part in filter(None, (one.strip() for one in said.split(","))):
        match = _PAGES.fullmatch(part)
        if match is None:
            msg = f"“{part}” is no page. Write numbers such as 2, 5-7. They are kept."
            raise RuleError(msg)
        first, last = int(match[1]), int(match[2] or match[1])
        if not 1 <= first <= last <= MOST_PAGES_NAMED:
            msg = f"“{part}” are no pages: count from 1, the smaller number first."
            raise RuleError(msg)
        found += range(first, last + 1)
    return list(dict.fromkeys(found))


def _areas_in(said: str, code: str) -> list[Area]:
    return [_area(n, line, code) for n, line in _lines(said)]


def _lines(said: str) -> Iterable[tuple[int, str]]:
    return [(n, one.strip()) for n, one in enumerate(said.splitlines(), 1) if one.strip()]


def _area(n: int, line: str, code: str) -> Area:
    match = _AREA.fullmatch(line)
    if match is None:
        msg = f"Line {n} is no area. Write it as 2: 10 20 60 25. What you entered is kept."
        raise RuleError(msg)
    page = int(match[1])
    left, top, right, bottom = map(float, match.groups()[1:])
    if page < 1 or not 0 <= left < right <= WHOLE or not 0 <= top < bottom <= WHOLE:
        msg = (
            f"Line {n} lies on no page: from left to right and from top to bottom the numbers grow "
            "from 0 to 100. What you entered is kept."
        )
        raise RuleError(msg)
    return Area(page, left, top, right, bottom, code)


class ReviewForm(forms.Form):
    """What a second person says of a redacted copy."""

    agrees = forms.TypedChoiceField(
        label="May it go?",
        choices=[("yes", "Yes: nothing stands in it that has to stay here"), ("no", "No")],
        coerce="yes".__eq__,
        widget=forms.RadioSelect,
        error_messages={"required": "Say whether it may go. Nothing was recorded."},
    )
    words = forms.CharField(
        label="What is wrong with it",
        help_text="Sealed to the team. Empty where it may go.",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class HandOutForm(forms.Form):
    """That a redacted copy went to whom it was made for."""

    on = day_field("Handed out on", "", required=True)
    how = forms.CharField(
        label="How, and to whom in person",
        help_text="Such as: on paper to their counsel, against a receipt. Sealed to the team.",
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Write how it was handed out. Nothing was recorded."},
    )
