"""The shapes of concerns, receipts and cases over the API."""

import json
from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiExample, extend_schema_field, extend_schema_serializer
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from cases import access, rules
from cases.actions import Filing, Identity
from cases.lifecycle import (
    CaseStatus,
    Channel,
    ConcernStatus,
    Finding,
    Kind,
    Level,
    Mode,
    RequestState,
)
from cases.models import Case, Category, IdentityRequest
from common.serializers import Flag, Query, Strict, Text
from people.models import Person, Unit
from people.rules import Role
from policies.models import Kind as Promised
from safes.rules import Receipt

NAME_MAX = 120
CONTACT_MAX = 200
ABOUT_MAX = 2_000
ANSWERS_MAX = 20_000
USERNAME_MAX = 60
EXCLUDED_MAX = 20
SHOW_RECEIPT = "4CTW-0RFS-9NQX-2M7J-6HKE-V83B-YPDG"

# -- filing --------------------------------------------------------------------------------


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
        if len(json.dumps(answers, ensure_ascii=False)) > ANSWERS_MAX:
            msg = f"The answers are longer than {ANSWERS_MAX} characters of JSON."
            raise ValidationError(msg)
        return answers

    def validate_exclude(self, usernames: list[str]) -> tuple[Person, ...]:
        """Return the persons, or refuse a name that nobody has: it would keep nobody away."""
        return _bearing(usernames)

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
        )


def _bearing(usernames: list[str]) -> tuple[Person, ...]:
    found = {one.username: one for one in Person.objects.filter(username__in=usernames)}
    if unknown := sorted(set(usernames) - found.keys()):
        msg = f"Nobody has the user name {', '.join(unknown)}."
        raise ValidationError(msg)
    return tuple(found.values())


# -- who reads it ----------------------------------------------------------------------------

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
    exclude = serializers.ListField(
        child=Text(max_length=USERNAME_MAX),
        max_length=EXCLUDED_MAX,
        required=False,
        help_text="User names of those who must never see it.",
    )

    def validate_exclude(self, usernames: list[str]) -> tuple[Person, ...]:
        """Return the persons, or refuse a name that nobody has."""
        return _bearing(usernames)

    def subjects(self) -> list[Person]:
        """Return whom it would be about."""
        given = self.validated_data
        about, chosen = given.get("about", ""), given.get("exclude", ())
        return access.subjects_in(about, chosen, given["narrative"])


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
        help_text="Whether nobody who is on duty is left, so that the next in line reads it."
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


# -- coming back -----------------------------------------------------------------------------


@extend_schema_field({"type": "string", "examples": [SHOW_RECEIPT]})
class ReceiptField(serializers.Field[Receipt, str, str, Any]):
    """A receipt as it was typed. Whatever opens nothing is nothing: it tells nobody why."""

    default_error_messages = {"invalid": "A receipt is a string."}

    def to_internal_value(self, data: Any) -> Receipt:
        """Return the receipt; a string that is none gives a fresh one, which opens nothing."""
        if not isinstance(data, str):
            self.fail("invalid")
        return Receipt.read(data)

    def run_validation(self, data: Any = serializers.empty) -> Any:
        """Return the receipt; it has no validators, since all of them would tell something."""
        is_empty, data = self.validate_empty_values(data)
        return data if is_empty else self.to_internal_value(data)


@extend_schema_serializer(
    component_name="Receipt",
    examples=[OpenApiExample("A receipt", value={"receipt": SHOW_RECEIPT})],
)
class ReceiptIn(Strict):
    """The receipt with which somebody comes back."""

    receipt = ReceiptField(help_text="Groups, spaces and lower case make no difference.")


@extend_schema_serializer(
    component_name="NewMessage",
    examples=[
        OpenApiExample(
            "A message", value={"receipt": SHOW_RECEIPT, "body": "It was the 15th, not the 14th."}
        )
    ],
)
class MessageIn(ReceiptIn):
    """A message to the team."""

    body = Text(max_length=rules.NARRATIVE_MAX)


@extend_schema_serializer(
    component_name="Exclusion",
    examples=[OpenApiExample("One", value={"receipt": SHOW_RECEIPT, "exclude": [READER_ID]})],
)
class ExclusionIn(ReceiptIn):
    """Whom to keep away from what was sent."""

    exclude = serializers.ListField(
        child=serializers.UUIDField(), min_length=1, max_length=EXCLUDED_MAX
    )

    def validate_exclude(self, ids: list[UUID]) -> list[Person]:
        """Return the persons, or refuse an id that is nobody's who could read it."""
        found = list(Person.objects.trusted().filter(pk__in=ids))
        if len(found) < len(set(ids)):
            msg = "One of these is nobody who could read it. Nothing was changed."
            raise ValidationError(msg)
        return found


@extend_schema_serializer(
    component_name="ReadersNow",
    examples=[OpenApiExample("With a message", value={"receipt": SHOW_RECEIPT, "body": "Hello."})],
)
class ReadersNowIn(ReceiptIn):
    """A receipt, and what is about to be written, if anything; nothing of it is sent."""

    body = Text(max_length=rules.NARRATIVE_MAX, required=False)


@extend_schema_serializer(
    component_name="ReadersToday",
    examples=[OpenApiExample("One is named", value={**READERS, "named": ["Olga Example"]})],
)
class ReadersNowOut(ReadersOut):
    """Who reads what was sent, and who of them is named in what is about to be written."""

    named = serializers.ListField(child=serializers.CharField())


@extend_schema_serializer(component_name="Milestone")
class MilestoneOut(serializers.Serializer[Any]):
    """Something promised in time."""

    what = serializers.ChoiceField(choices=[Promised.ACKNOWLEDGE.value, Promised.FEEDBACK.value])
    promised_on = serializers.DateField()
    kept_on = serializers.DateField(allow_null=True)


@extend_schema_serializer(
    component_name="Message",
    examples=[
        OpenApiExample(
            "Sent",
            value={
                "n": 3,
                "from": "you",
                "on": "2026-03-19",
                "body": "It was the 15th, not the 14th.",
                "is_new": False,
            },
        )
    ],
)
class MessageOut(serializers.Serializer[Any]):
    """One message of the conversation."""

    n = serializers.IntegerField(help_text="Its place in the conversation.")
    on = serializers.DateField()
    body = serializers.CharField(allow_null=True, help_text="Null where it was erased.")
    is_new = serializers.BooleanField(help_text="From the team, and not shown before.")

    def get_fields(self) -> dict[str, "serializers.Field[Any, Any, Any, Any]"]:
        """Return the fields; one is called by a word that Python keeps for itself."""
        sender = serializers.ChoiceField(choices=["you", "team"])
        return {"n": super().get_fields()["n"], "from": sender, **super().get_fields()}


@extend_schema_serializer(component_name="IdentityTrace")
class IdentityTraceOut(serializers.Serializer[Any]):
    """Somebody asked to open a confidential reporter's identity."""

    state = serializers.ChoiceField(choices=RequestState.choices)
    function = serializers.ChoiceField(
        choices=IdentityRequest.Function.choices, help_text="In which part somebody asked."
    )
    reason = serializers.CharField(allow_null=True, help_text="Why, as it was given.")
    asked_on = serializers.DateField()
    decided_on = serializers.DateField(allow_null=True)
    refusal = serializers.CharField(
        allow_null=True, help_text="Why a custodian refused, if one did."
    )
    open_until = serializers.DateField(allow_null=True, help_text="The last day, if granted.")
    opened_on = serializers.ListField(
        child=serializers.DateField(), help_text="The days on which it was opened."
    )


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "Read, and answered",
            value={
                "status": "in_case",
                "milestones": [
                    {"what": "acknowledge", "promised_on": "2026-03-23", "kept_on": "2026-03-17"},
                    {"what": "feedback", "promised_on": "2026-06-16", "kept_on": None},
                ],
                "messages": [
                    {
                        "n": 1,
                        "from": "team",
                        "on": "2026-03-17",
                        "body": "Thank you. Which of the two visits do you mean?",
                        "is_new": True,
                    }
                ],
                "identity": [
                    {
                        "state": "granted",
                        "function": "lead",
                        "reason": "Somebody waits for you after work. We want to walk you home.",
                        "asked_on": "2026-03-18",
                        "decided_on": "2026-03-19",
                        "refusal": None,
                        "open_until": "2026-03-22",
                        "opened_on": ["2026-03-19"],
                    }
                ],
            },
        )
    ]
)
class ReporterView(serializers.Serializer[Any]):
    """What a receipt shows."""

    status = serializers.ChoiceField(choices=ConcernStatus.choices)
    milestones = MilestoneOut(many=True)
    messages = MessageOut(many=True)
    identity = IdentityTraceOut(
        many=True, help_text="Who asked to open a confidential name, and what came of it."
    )


# -- reading ---------------------------------------------------------------------------------


@extend_schema_serializer(
    component_name="Category",
    examples=[
        OpenApiExample(
            "A category",
            value={"code": "coercion", "label": "Coercion", "hint": "", "is_grave": True},
        )
    ],
)
class CategoryOut(serializers.Serializer[Category]):
    """What a concern can be about."""

    code = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment] # a member of the shape, not the field's own label
    hint = serializers.CharField(help_text="A sentence beside the label, or nothing.")
    is_grave = serializers.BooleanField(help_text="Whether a concern about it arrives as urgent.")


@extend_schema_serializer(component_name="CaseConcern")
class CaseConcernOut(serializers.Serializer[Any]):
    """A concern that a case came from."""

    ref = serializers.CharField()
    kind = serializers.ChoiceField(choices=Kind.choices)
    channel = serializers.ChoiceField(choices=Channel.choices)


@extend_schema_serializer(
    component_name="Case",
    examples=[
        OpenApiExample(
            "An open case",
            value={
                "ref": "2026-0131",
                "status": "open",
                "category": "coercion",
                "unit": "field",
                "urgency": 3,
                "severity": 2,
                "opened_at": "2026-03-17T09:12:00Z",
                "closed_at": None,
                "finding": None,
                "next_due_at": "2026-06-16T09:00:00Z",
                "concerns": [{"ref": "C-7Q2MX0VK", "kind": "report", "channel": "phone"}],
            },
        )
    ],
)
class CaseOut(serializers.Serializer[Case]):
    """The metadata of a case: no name, no word of its content."""

    ref = serializers.CharField()
    status = serializers.ChoiceField(choices=CaseStatus.choices)
    category = serializers.CharField(source="category_id")
    unit = serializers.CharField(source="unit.code", allow_null=True)
    urgency = serializers.ChoiceField(choices=Level.choices)
    severity = serializers.ChoiceField(choices=Level.choices)
    opened_at = serializers.DateTimeField()
    closed_at = serializers.DateTimeField(allow_null=True)
    finding = serializers.SerializerMethodField()
    next_due_at = serializers.DateTimeField(allow_null=True)
    concerns = CaseConcernOut(many=True)

    @extend_schema_field(serializers.ChoiceField(choices=Finding.choices, allow_null=True))
    def get_finding(self, case: Case) -> str | None:
        """Return what was found, or null while the case is open."""
        return case.finding or None


class CaseFilters(Query):
    """Which cases."""

    status = serializers.ChoiceField(choices=CaseStatus.choices, required=False)
    category: "serializers.SlugRelatedField[Category]" = serializers.SlugRelatedField(
        slug_field="code",
        queryset=Category.objects.all(),
        required=False,
        error_messages={"does_not_exist": "There is no category {value}."},
        help_text="The code of a category.",
    )
    unit: "serializers.SlugRelatedField[Unit]" = serializers.SlugRelatedField(
        slug_field="code",
        queryset=Unit.objects.all(),
        required=False,
        error_messages={"does_not_exist": "There is no unit {value}."},
        help_text="The code of a unit.",
    )
    opened_after = serializers.DateTimeField(
        required=False, help_text="Opened at this moment (ISO 8601) or later."
    )
    opened_before = serializers.DateTimeField(
        required=False, help_text="Opened before this moment (ISO 8601)."
    )

    LOOKUPS = {"opened_after": "opened_at__gte", "opened_before": "opened_at__lt"}

    def lookups(self) -> dict[str, Any]:
        """Return the conditions."""
        return {self.LOOKUPS.get(name, name): value for name, value in self.validated_data.items()}
