"""A field and what is wrong with a form, as template tags; builtins like the other parts."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from django import forms, template
from django.forms.boundfield import BoundField
from django.utils.safestring import SafeString

from common.fields import PARTS, DatePartsInput

register = template.Library()

NUMBERS = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")


class Option(NamedTuple):
    """One answer of a group: the control, and what stands beside it."""

    control: SafeString
    id: str
    label: object
    hint: str
    follows: Sequence[tuple[str, str]]


class Part(NamedTuple):
    """One input of a date."""

    control: SafeString
    id: str
    label: str


INPUT_CLASSES: list[tuple[type[forms.Widget], str, str]] = [
    (forms.CheckboxInput, "check", ""),
    (forms.CheckboxSelectMultiple, "options", ""),
    (forms.RadioSelect, "options", ""),
    (DatePartsInput, "date", "ed-input"),
    (forms.Select, "control", "ed-select"),
    (forms.Textarea, "control", "ed-textarea"),
    (forms.FileInput, "control", "ed-file"),
    (forms.PasswordInput, "password", "ed-input"),
    (forms.Widget, "control", "ed-input"),
]


@register.inclusion_tag("parts/field.html")
def field(bound: BoundField, *, heading: bool = False) -> dict[str, Any]:
    """Show any field of a form: label, hint, error, control.

    `heading` makes the label the page's heading, where a page asks one question.
    """
    if bound.is_hidden:
        return {"kind": "hidden", "control": bound}
    kind, css = next(
        (kind, css) for widget, kind, css in INPUT_CLASSES if isinstance(bound.field.widget, widget)
    )
    context = {
        "kind": kind,
        "field": bound,
        "disabled": bound.field.disabled,
        "heading": heading,
        "id": bound.auto_id,
        "hint": bound.help_text,
        "error": " ".join(_messages(bound)),
        "described_by": _described_by(bound),
    }
    if kind == "options":
        return context | _options(bound)
    if kind == "date":
        return context | {"parts": _date_parts(bound)}
    return context | {"control": bound.as_widget(attrs=_attrs(bound, css))}


def _messages(bound: BoundField) -> list[str]:
    """Return what is wrong; Django's own words for the commonest slips give way to ours."""
    return [message for error in bound.errors.as_data() for message in _said(bound, error)]


def _said(bound: BoundField, error: forms.ValidationError) -> list[str]:
    if error.messages == [forms.Field.default_error_messages["required"]]:
        return [f"“{bound.label}” has no answer yet."]
    if error.code == "max_length" and "max_length" not in bound.field.error_messages:
        too_long = "That is %(show_value)s characters long, and %(limit_value)s fit. Shorten it."
        return [too_long % (error.params or {})]
    return error.messages


def _described_by(bound: BoundField) -> str:
    hint = [f"{bound.auto_id}_hint"] if bound.help_text else []
    return " ".join(hint + ([f"{bound.auto_id}_error"] if bound.errors else []))


def _attrs(bound: BoundField, css: str) -> dict[str, Any]:
    own = bound.field.widget.attrs.get("class", "")
    attrs = {"class": f"{css} {own}".strip(), "aria-describedby": _described_by(bound)}
    # a browser would cut what is pasted and say nothing; the form refuses it and keeps it
    return {name: value for name, value in attrs.items() if value} | {"maxlength": False}


def _options(bound: BoundField) -> dict[str, Any]:
    options = [_option(widget) for widget in bound]
    return {
        "options": options,
        "choices": any(option.follows for option in options),
        "part": "check"
        if isinstance(bound.field.widget, forms.CheckboxSelectMultiple)
        else "radio",
    }


def _option(widget: Any) -> Option:
    label, option_id = widget.choice_label, widget.id_for_label
    follows, hint = getattr(label, "follows", ()), getattr(label, "hint", "")
    attrs = widget.data["attrs"]
    # the group says it is wrong and what is asked, once; an answer says what follows from it
    attrs.pop("aria-invalid", None)
    if follows:
        attrs["class"] = "ed-choice__input"
    if follows or hint:
        attrs["aria-describedby"] = f"{option_id}_follows"
    return Option(widget.tag(), option_id, label, hint, follows)


def _date_parts(bound: BoundField) -> list[Part]:
    wrong = _wrong_parts(bound)
    attrs = {
        "id": bound.auto_id,
        "class": "ed-input",
        "inputmode": "numeric",
        "autocomplete": "off",
    }
    if bound.field.disabled:
        attrs["disabled"] = "disabled"
    widget = bound.field.widget
    parts = widget.get_context(bound.html_name, bound.value(), attrs)["widget"]["subwidgets"]
    shown = []
    for name, part in zip(PARTS, parts, strict=True):
        if name in wrong:
            part["attrs"]["aria-invalid"] = "true"
        control = forms.TextInput().render(part["name"], part["value"], part["attrs"])
        shown.append(Part(control, part["attrs"]["id"], name.capitalize()))
    return shown


def _wrong_parts(bound: BoundField) -> Sequence[str]:
    codes = [str(error.code) for error in bound.errors.as_data()]
    named = [part for part in PARTS if any(part in code.split() for code in codes)]
    return named or (PARTS if codes else ())


class Problem(NamedTuple):
    """A line of the summary: what is wrong, and the id of the control it leads to."""

    message: str
    id: str


@register.inclusion_tag("parts/errors.html")
def errors(form: forms.BaseForm, title: str = "") -> dict[str, Any]:
    """Show what is wrong with a form, first on the page; nothing where all is well."""
    problems = [Problem(str(message), "") for message in form.non_field_errors()]
    problems += [
        Problem(message, _first_id(bound)) for bound in form for message in _messages(bound)
    ]
    return {"problems": problems, "title": title or _summary(len(problems))}


def _summary(number: int) -> str:
    word = NUMBERS[number] if number < len(NUMBERS) else str(number)
    subject = "answer needs" if number == 1 else "answers need"
    return f"{word} {subject} another look. The rest is kept."


def _first_id(bound: BoundField) -> str:
    widget = bound.field.widget
    if isinstance(widget, DatePartsInput):
        return f"{bound.auto_id}_{PARTS.index(_wrong_parts(bound)[0])}"
    if isinstance(widget, forms.RadioSelect):
        return f"{bound.auto_id}_0"
    return bound.id_for_label
