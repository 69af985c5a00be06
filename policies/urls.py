"""The addresses of everyone who works here."""

from django.urls import path

from policies import views
from policies.desk import reading as desk

app_name = "staff"

urlpatterns = [
    path("", views.Policies.as_view(), name="policies"),
    path("policies/<slug:code>/", views.OnePolicy.as_view(), name="policy"),
    path("policies/<slug:code>/readers/", desk.Campaigns.as_view(), name="campaigns"),
    path(
        "policies/<slug:code>/readers/<uuid:campaign>/end/",
        desk.EndCampaign.as_view(),
        name="campaign-end",
    ),
    path("acknowledgements/", desk.Acknowledgements.as_view(), name="acknowledgements"),
    path(
        "acknowledgements/<uuid:asked>/",
        desk.OneAcknowledgement.as_view(),
        name="acknowledgement",
    ),
]
