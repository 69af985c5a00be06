"""The addresses of disposal; that of the terms stands under setup (ethicsdesk.urls)."""

from django.urls import path

from retention import views

app_name = "retention"

urlpatterns = [
    path("disposal/", views.DisposalPage.as_view(), name="disposal"),
    path("disposal/propose/", views.Propose.as_view(), name="propose"),
    path("disposal/decide/", views.Decide.as_view(), name="decide"),
    path("disposal/stop/", views.Stop.as_view(), name="stop"),
    path("disposal/of/<str:ref>/", views.KeepingPage.as_view(), name="keeping"),
    path("disposal/of/<str:ref>/hold/", views.PlaceHold.as_view(), name="hold"),
    path("disposal/of/<str:ref>/lift/", views.LiftHold.as_view(), name="lift"),
    path("disposal/of/<str:ref>/request/", views.RequestErasure.as_view(), name="request"),
]
