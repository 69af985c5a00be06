"""Say whether the process lives, and whether it can serve."""

from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connections
from django.http import HttpRequest, JsonResponse


def live(_request: HttpRequest) -> JsonResponse:
    """Answer that the process lives."""
    return JsonResponse({"live": True})


def ready(_request: HttpRequest) -> JsonResponse:
    """Answer 200 when both databases answer; the broker may be away: it carries hints alone."""
    answers = {}
    for name in connections:
        try:
            with connections[name].cursor() as cursor:
                cursor.execute("SELECT 1")
            answers[name] = True
        except (DatabaseError, ImproperlyConfigured):
            answers[name] = False
    return JsonResponse(answers, status=200 if all(answers.values()) else 503)
