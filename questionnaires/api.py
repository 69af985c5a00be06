"""What is asked beside the story, over the API."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response

from common.serializers import Query
from people.rules import Scope
from questionnaires.models import FormVersion
from questionnaires.serializers import QuestionnaireOut


class Questionnaires(generics.ListAPIView[FormVersion]):
    """What is asked now."""

    scopes = {"GET": Scope.FORMS_READ}
    queryset = FormVersion.objects.none()
    serializer_class = QuestionnaireOut
    ordering = ("-published_at", "id")

    def get_queryset(self) -> "QuerySet[FormVersion]":
        """Return what is asked now, unless something unknown was asked."""
        Query(data=self.request.query_params).is_valid(raise_exception=True)
        return FormVersion.objects.newest()

    @extend_schema(
        operation_id="list_questionnaires",
        summary="List the questionnaires",
        description="What the office asks beside the story, by kind and category, each in the "
        "version that is asked now. A question with `shown_if` is asked only where the question it "
        "names was asked and answered so. Of two that fit, the one that names the category is "
        "asked, then the one that names the kind.",
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Answer one page."""
        return super().get(request, *args, **kwargs)
