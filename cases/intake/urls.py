"""The addresses of the reporter's door: few, and the same for every step."""

from django.urls import path

from cases.intake import landing, status, wizard

app_name = "intake"
urlpatterns = [
    path("", landing.landing, name="landing"),
    path("at/<str:code>/", landing.entrance, name="entrance"),
    path("file/", wizard.wizard, name="file"),
    path("return/", status.come_back, name="return"),
    path("finish/", landing.finish, name="finish"),
    path("safety/", landing.safety, name="safety"),
]
