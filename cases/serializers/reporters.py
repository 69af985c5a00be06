"""What a reporter asks with a receipt, and sees."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import OpenApiExample, extend_schema_field, extend_schema_serializer
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from cases import rules
from cases.lifecycle import (
    ConcernStatus,
    RequestState,
)
from cases.models import IdentityRequest
from cases.serializers.filing import EXCLUDED_MAX, READER_ID, READERS, SHOW_RECEIPT, ReadersOut
from common.serializers import Strict, Text
from people.models import Person
from policies.models import Kind as Promised
from safes.rules import Receipt

# what the office promised in a message: by when it writes again
NEWS = "news"
# so many names stand in one message at most: more than an office has readers
MAY_READ_MAX = 200


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
    may_read = serializers.ListField(
        child=serializers.UUIDField(),
        max_length=MAY_READ_MAX,
        required=False,
        help_text="Ids of those whom the message names and who may read it all the same, from "
        "`named_readers` of the refusal that asked.",
    )

    def message(self) -> dict[str, Any]:
        """Return what is to be sent, and who may read of themselves in it."""
        given = self.validated_data
        return {"body": given["body"], "may_read": set(given.get("may_read", ()))}


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

    what = serializers.ChoiceField(
        choices=[Promised.ACKNOWLEDGE.value, NEWS, Promised.FEEDBACK.value],
        help_text="`acknowledge`: somebody who has read it writes back. `news`: a message in which "
        "the office said by when you hear from it again. `feedback`: the outcome; once more for "
        "each time that it was taken up again.",
    )
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
