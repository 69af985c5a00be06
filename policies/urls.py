"""The addresses of everyone who works here."""

from django.urls import path

from policies import views

app_name = "staff"

urlpatterns = [
    path("", views.Policies.as_view(), name="policies"),
    path("policies/<slug:code>/", views.OnePolicy.as_view(), name="policy"),
]
