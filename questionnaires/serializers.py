"""The shapes of questionnaires over the API."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from questionnaires.models import FormVersion
from questionnaires.rules import Question, Sort


class AnswerOffered(serializers.Serializer[Any]):
    """An answer to choose."""

    code = serializers.CharField(help_text="Send this.")
    label = serializers.CharField(help_text="Show this.")  # type: ignore[assignment] # a member


class HangsOn(serializers.Serializer[Any]):
    """On which answers to another question it hangs."""

    key = serializers.CharField(help_text="The key of a question before it.")
    codes = serializers.ListField(
        child=serializers.CharField(), help_text="It is asked where one of these was chosen."
    )


@extend_schema_serializer(component_name="Question")
class QuestionOut(serializers.Serializer[Question]):
    """One question."""

    key = serializers.CharField(help_text="The name of its answer.")
    sort = serializers.ChoiceField(
        choices=Sort.choices,
        help_text="What its answer is: a text for line and text, a code for choice, “yes” or “no”, "
        "a list of codes for choices, a date or its beginning for day, a whole number.",
    )
    label = serializers.CharField(help_text="In the words of the office.")  # type: ignore[assignment] # a member
    hint = serializers.CharField(help_text="A sentence below it, or nothing.")
    is_required = serializers.BooleanField(help_text="Whether it has to be answered, if asked.")
    options = AnswerOffered(many=True, source="offered", help_text="Only where one chooses.")
    shown_if = HangsOn(allow_null=True, help_text="Null where it is always asked.")


@extend_schema_serializer(component_name="QuestionnaireSection")
class SectionOut(serializers.Serializer[Any]):
    """Questions that belong together."""

    title = serializers.CharField()
    intro = serializers.CharField()
    questions = QuestionOut(many=True)


@extend_schema_serializer(
    component_name="Questionnaire",
    examples=[
        OpenApiExample(
            "Asked about one category",
            value={
                "code": "coercion",
                "version": 2,
                "name": "Coercion",
                "kind": None,
                "categories": ["coercion"],
                "language": "en",
                "published_at": "2026-03-16T09:00:00Z",
                "sections": [
                    {
                        "title": "What they want",
                        "intro": "",
                        "questions": [
                            {
                                "key": "is_there_a_deadline",
                                "sort": "yes_no",
                                "label": "Is there a deadline?",
                                "hint": "",
                                "is_required": True,
                                "options": [
                                    {"code": "yes", "label": "Yes"},
                                    {"code": "no", "label": "No"},
                                ],
                                "shown_if": None,
                            },
                            {
                                "key": "when_is_it",
                                "sort": "day",
                                "label": "When is it?",
                                "hint": "",
                                "is_required": False,
                                "options": [],
                                "shown_if": {"key": "is_there_a_deadline", "codes": ["yes"]},
                            },
                        ],
                    }
                ],
            },
        )
    ],
)
class QuestionnaireOut(serializers.Serializer[FormVersion]):
    """A questionnaire in the version that is asked now."""

    code = serializers.SlugField(source="questionnaire.code")
    version = serializers.IntegerField(source="n")
    name = serializers.CharField(source="questionnaire.name", help_text="As the office calls it.")
    kind = serializers.SerializerMethodField(
        help_text="The kind of concern with which it is asked; null: every kind."
    )
    categories = serializers.ListField(
        child=serializers.SlugField(), help_text="About what; empty: every category."
    )
    language = serializers.CharField(help_text="Of its words.")
    published_at = serializers.DateTimeField()
    sections = SectionOut(many=True, source="sheet.sections")

    def get_kind(self, version: FormVersion) -> str | None:
        """Return its kind, or nothing."""
        return version.kind or None
