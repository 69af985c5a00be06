"""How many have read what they were asked to read, over the API."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response

from common import clock
from common.serializers import Query
from people.models import Unit
from people.rules import Scope
from policies.models import Campaign
from policies.reports import coverage
from policies.rules import released
from policies.serializers import CampaignOut


@extend_schema_view(
    get=extend_schema(
        operation_id="list_acknowledgements",
        summary="List who was asked to read a policy",
        description="Whom the office asked to acknowledge which version, the newest first, and how "
        "many have: all campaigns for a version are counted together. Nobody is named, units of "
        "fewer than eleven people stand together. It is counted at the beginning of each week and "
        "told in steps, from how many to how many. No program acknowledges for a person.",
    )
)
class Acknowledgements(generics.ListAPIView[Campaign]):
    """A list of campaigns with their figures."""

    scopes = {"GET": Scope.ACKNOWLEDGEMENTS_READ}
    queryset = Campaign.objects.none()
    serializer_class = CampaignOut
    ordering = ("-started_at", "id")

    def get_queryset(self) -> "QuerySet[Campaign]":
        """Return all of them, unless something unknown was asked."""
        Query(data=self.request.query_params).is_valid(raise_exception=True)
        return Campaign.objects.select_related("policy", "version")

    def list(self, request: Request, *_args: Any, **_options: Any) -> Response:  # noqa: ARG002 - the signature is REST framework's
        """Answer one page; the figures of all its campaigns are counted at once."""
        page = self.paginate_queryset(self.get_queryset()) or []
        units = {pk for one in page for pk in one.units}
        now = clock.now()
        context = {
            "figures": coverage({one.version_id for one in page}, now=now),
            "counted_until": released(now),
            "units": dict(Unit.objects.filter(pk__in=units).values_list("pk", "code")),
        }
        shown = [CampaignOut(one, context=context).data for one in page]
        return self.get_paginated_response(shown)
