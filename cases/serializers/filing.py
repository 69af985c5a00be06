"""What a program files, and what it is answered."""

import json
from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema_field, extend_schema_serializer
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from cases import access, rules
from cases.actions import Filing, Identity
from cases.lifecycle import (
    Channel,
    Kind,
    Mode,
)
from cases.models import Category
from common.serializers import Flag, Strict, Text
from people.models import Person, Unit
from people.rules import Role
from questionnaires.models import CODE_MAX, FormVersion
from questionnaires.rules import Answers, answered

NAME_MAX = 120


CONTACT_MAX = 200


ABOUT_MAX = 2_000


ANSWERS_MAX = 20_000


USERNAME_MAX = 60


EXCLUDED_MAX = 20


VERSION_MAX = 1_000_000


SHOW_RECEIPT = "4CTW-0RFS-9NQX-2M7J-6HKE-V83B-YPDG"


@extend_schema_field({"type": "object", "additionalProperties": True})
class AnswersField(serializers.DictField):
    """Answers by question: any JSON."""

    child = serializers.JSONField(allow_null=True)


@extend_schema_serializer(component_name="Reporter")
class ReporterIn(Strict):
    """How the reporter wants to be known, and by what name."""

    mode = serializers.ChoiceField(choices=Mode.choices)
    name = Text(
        max_length=NAME_MAX,
        required=False,
        help_text="Needed unless the mode is anonymous, which takes none. "
        "A confidential name is sealed in two shares: the readers' and the identity custodians'.",
    )
    contact = Text(
        max_length=CONTACT_MAX, required=False, help_text="How to reach them; never if anonymous."
    )
    notify = serializers.EmailField(
        required=False,
        help_text="Where to say that something waits, and no more; never if anonymous.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse a name from the anonymous, and no name from the others."""
        told = [name for name in ("name", "contact", "notify") if name in attrs]
        if attrs["mode"] == Mode.ANONYMOUS and told:
            msg = "Somebody who is anonymous gives neither a name nor an address."
            raise ValidationError({name: [msg] for name in told})
        if attrs["mode"] != Mode.ANONYMOUS and "name" not in attrs:
            raise ValidationError({"name": ["Say who they are, or choose anonymous."]})
        return attrs


@extend_schema_serializer(component_name="QuestionnaireAnswered")
class FormIn(Strict):
    """A version of a questionnaire that was answered."""

    code = Text(max_length=CODE_MAX, help_text="GET /api/v1/questionnaires/ lists them.")
    version = serializers.IntegerField(
        min_value=1, max_value=VERSION_MAX, help_text="The one that was shown; an older one too."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Find it among what was published."""
        known = FormVersion.objects.published().select_related("questionnaire")
        form = known.filter(questionnaire__code=attrs["code"], n=attrs["version"]).first()
        if form is None:
            msg = (
                f"There is no published version {attrs['version']} of a questionnaire "
                f"{attrs['code']}. GET /api/v1/questionnaires/ lists what is asked."
            )
            raise ValidationError({"code": [msg]})
        return {**attrs, "found": form}


@extend_schema_serializer(
    component_name="Concern",
    examples=[
        OpenApiExample(
            "Anonymous, by telephone",
            value={
                "kind": "report",
                "category": "other",
                "channel": "phone",
                "reporter": {"mode": "anonymous"},
                "answers": {"when": "14 October", "heard_from_others": False},
                "narrative": "The client wants the report dated before the visit.",
            },
        ),
        OpenApiExample(
            "Named, by post",
            value={
                "kind": "guidance",
                "category": "other",
                "channel": "post",
                "reporter": {"mode": "named", "name": "Stan Example", "contact": "Extension 12"},
                "answers": {},
                "narrative": "May I take part in the tender of a firm where my sister works?",
            },
        ),
    ],
)
class ConcernIn(Strict):
    """A concern to file."""

    kind = serializers.ChoiceField(choices=Kind.choices)
    category: "serializers.SlugRelatedField[Category]" = serializers.SlugRelatedField(
        slug_field="code",
        queryset=Category.objects.filter(is_active=True),
        error_messages={
            "does_not_exist": "There is no category {value}. GET /api/v1/categories/ lists them.",
            "invalid": "This is no code of a category.",
        },
        help_text="A code of this site; GET /api/v1/categories/ lists them.",
    )
    channel = serializers.ChoiceField(
        choices=Channel.choices, help_text="How the reporter reached you."
    )
    reporter = ReporterIn()
    answers = AnswersField(
        required=False,
        help_text=f"What was answered beside it; {ANSWERS_MAX} characters of JSON at most.",
    )
    form = FormIn(
        required=False,
        help_text="The questionnaire whose questions `answers` answers, by their keys. Without it "
        "`answers` is any JSON.",
    )
    narrative = Text(max_length=rules.NARRATIVE_MAX, help_text="What it is about, in their words.")
    about = Text(
        max_length=ABOUT_MAX,
        required=False,
        allow_blank=True,
        help_text="Whom it is about. Somebody of the office who is named here never sees it.",
    )
    exclude = serializers.ListField(
        child=Text(max_length=USERNAME_MAX),
        max_length=EXCLUDED_MAX,
        required=False,
        help_text="User names of those who must never see it.",
    )
    unit: "serializers.SlugRelatedField[Unit]" = serializers.SlugRelatedField(
        slug_field="code",
        queryset=Unit.objects.all(),
        required=False,
        error_messages={
            "does_not_exist": "There is no unit {value}.",
            "invalid": "This is no code of a unit.",
        },
        help_text="The code of the unit in which it happened.",
    )
    in_danger = Flag(required=False, help_text="Whether somebody may be in danger now.")

    def validate_answers(self, answers: dict[str, Any]) -> dict[str, Any]:
        """Refuse more than the office could read."""
        return bounded(answers)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Check the answers against the questionnaire that was answered, if one was."""
        if "form" not in attrs:
            return attrs
        form: FormVersion = attrs["form"]["found"]
        if not form.is_asked_of(attrs["kind"], attrs["category"].code):
            msg = "This questionnaire is not asked of this kind and category."
            raise ValidationError({"form": {"code": [msg]}})
        return {**attrs, "answers": {rules.MORE: _answered(form, attrs.get("answers", {}))}}

    def validate_exclude(self, usernames: list[str]) -> tuple[Person, ...]:
        """Return the persons, or refuse a name that nobody has: it would keep nobody away."""
        return bearing(usernames)

    def filing(self) -> Filing:
        """Return what is to be filed."""
        given = self.validated_data
        reporter = given["reporter"]
        named = reporter.get("name")
        return Filing(
            kind=Kind(given["kind"]),
            category=given["category"],
            mode=Mode(reporter["mode"]),
            narrative=given["narrative"],
            about=given.get("about", ""),
            excluded=given.get("exclude", ()),
            unit=given.get("unit"),
            in_danger=given.get("in_danger", False),
            identity=Identity(named, reporter.get("contact", "")) if named else None,
            notify=reporter.get("notify", ""),
            answers=given.get("answers", {}),
            form=given["form"]["found"] if "form" in given else None,
        )


def _answered(form: FormVersion, given: dict[str, Any]) -> Answers:
    """Return the answers to what is asked, or refuse the others by the keys of their questions."""
    sheet = form.sheet
    answers, wrong = answered(sheet.sections, given)
    unknown = given.keys() - {one.key for one in sheet.questions}
    wrong |= dict.fromkeys(unknown, "This version asks nothing under this key.")
    if wrong:
        raise ValidationError({"answers": {key: [says] for key, says in wrong.items()}})
    return answers


def bounded(answers: dict[str, Any]) -> dict[str, Any]:
    """Return the answers, or refuse more of them than the office could read."""
    if len(json.dumps(answers, ensure_ascii=False)) > ANSWERS_MAX:
        msg = f"The answers are longer than {ANSWERS_MAX} characters of JSON."
        raise ValidationError(msg)
    return answers


def bearing(usernames: list[str]) -> tuple[Person, ...]:
    """Return the persons who bear these user names, or refuse those that nobody bears."""
    found = {one.username: one for one in Person.objects.filter(username__in=usernames)}
    if unknown := sorted(set(usernames) - found.keys()):
        msg = f"Nobody has the user name {', '.join(unknown)}."
        raise ValidationError(msg)
    return tuple(found.values())


READER_ID = "0b5c1a1e-6f0e-4f5b-9d3e-2f1f6a7f3c11"


READERS = {
    "at_once": [{"id": READER_ID, "name": "Olga Example", "roles": ["officer"]}],
    "if_late": [
        {"id": "7d0f2a38-52a9-4c0b-8f57-1f4f4f6f9a02", "name": "Hana Example", "roles": ["head"]}
    ],
    "is_stand_in": False,
}


@extend_schema_serializer(
    component_name="ReadersAsked",
    examples=[
        OpenApiExample(
            "About somebody", value={"narrative": "She signed it.", "about": "Olga Example"}
        )
    ],
)
class ReadersIn(Strict):
    """What of a concern decides who reads it; nothing of it is kept."""

    about = Text(max_length=ABOUT_MAX, required=False, allow_blank=True)
    narrative = Text(
        max_length=rules.NARRATIVE_MAX, allow_blank=True, help_text="Full names in it count."
    )
    answers = AnswersField(
        required=False, help_text="As they would be sent: names in them count too."
    )
    form = FormIn(required=False, help_text="The questionnaire that they answer, if one.")
    exclude = serializers.ListField(
        child=Text(max_length=USERNAME_MAX),
        max_length=EXCLUDED_MAX,
        required=False,
        help_text="User names of those who must never see it.",
    )

    def validate_answers(self, answers: dict[str, Any]) -> dict[str, Any]:
        """Refuse more than could be filed."""
        return bounded(answers)

    def validate_exclude(self, usernames: list[str]) -> tuple[Person, ...]:
        """Return the persons, or refuse a name that nobody has."""
        return bearing(usernames)

    def subjects(self) -> list[Person]:
        """Return whom it would be about; of answers to a form those that would be kept."""
        given = self.validated_data
        answers, form = given.get("answers", {}), None
        if "form" in given:
            form = given["form"]["found"]
            answers = {rules.MORE: answered(form.sheet.sections, answers)[0]}
        names, words = access.heard(given.get("about", ""), given["narrative"], answers, form)
        return access.subjects_in(names, given.get("exclude", ()), words)


@extend_schema_serializer(component_name="Reader")
class ReaderOut(serializers.Serializer[Person]):
    """Somebody of the office, as the pages of the door show them."""

    id = serializers.UUIDField(help_text="By which a reporter can keep them away.")
    name = serializers.CharField()
    roles = serializers.ListField(child=serializers.ChoiceField(choices=Role.choices))


@extend_schema_serializer(component_name="Readers", examples=[OpenApiExample("Two", value=READERS)])
class ReadersOut(serializers.Serializer[access.Readers]):
    """Who reads a concern."""

    at_once = ReaderOut(many=True, source="active", help_text="Who can open it.")
    if_late = ReaderOut(
        many=True, source="dormant", help_text="Who can open it only if a promise is broken."
    )
    is_stand_in = serializers.BooleanField(
        help_text="Whether nobody else is left, so that the next in line reads it. Where it is "
        "worked on as a case already, it opens to them within a minute, and to nobody before."
    )


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "Filed",
            value={
                "ref": "C-7Q2MX0VK",
                "receipt": SHOW_RECEIPT,
                "acknowledge_by": "2026-03-23",
                "feedback_by": "2026-06-16",
            },
        )
    ]
)
class Filed(serializers.Serializer[Any]):
    """What somebody who filed is told, this once."""

    ref = serializers.CharField(help_text="By which the office knows it.")
    receipt = serializers.CharField(
        help_text="Opens the reporter's view. It is in this answer alone: nobody can look it up."
    )
    acknowledge_by = serializers.DateField(help_text="When a first answer is promised.")
    feedback_by = serializers.DateField(help_text="When an outcome is promised.")
