"""The addresses where everybody says something of themselves."""

from django.urls import path

from people.views import absences
from people.views import ties as views

app_name = "me"

urlpatterns = [
    path("conflicts/", views.Conflicts.as_view(), name="conflicts"),
    path("conflicts/<uuid:tie>/end/", views.EndTie.as_view(), name="end-tie"),
    path("away/", views.Away.as_view(), name="away"),
    path("away/others/", absences.Others.as_view(), name="away-others"),
    path("away/back/", views.ComeBack.as_view(), name="back"),
    path("away/<uuid:absence>/call-off/", views.CallOff.as_view(), name="call-off"),
    path("stand-ins/", views.StandIns.as_view(), name="stand-ins"),
    path("stand-ins/<uuid:delegation>/accept/", views.AcceptStandIn.as_view(), name="accept"),
    path("stand-ins/<uuid:delegation>/end/", views.EndStandIn.as_view(), name="end-stand-in"),
]
