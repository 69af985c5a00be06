"""The site map."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from cases.desk.views import entrances
from escalation import views as escalation
from escalation.desk import acts, calendars, letters, paths, reminders, standards
from ethicsdesk import components, demo_views, health, views
from people.views import account, entry, feeds, invitation, lines, persons, provider
from policies.desk import indicators, scripts
from questionnaires.desk import acts as form_acts
from questionnaires.desk import pages as form_pages
from retention import views as retention
from safes import views as safes
from safes.desk import keys

setup: list[URLPattern] = [
    path("", views.Health.as_view(), name="health"),
    path("letters/", letters.Letters.as_view(), name="letters"),
    path("letters/again/", letters.Again.as_view(), name="letters-again"),
    path("letters/drop/", letters.Drop.as_view(), name="letters-drop"),
    path("keys/", keys.Keys.as_view(), name="keys"),
    path("paths/", paths.PathsPage.as_view(), name="paths"),
    path("paths/<slug:code>/", paths.PathPage.as_view(), name="path"),
    path("paths/<slug:code>/draft/", acts.DraftPath.as_view(), name="path-draft"),
    path("paths/<slug:code>/rungs/", acts.AddRung.as_view(), name="path-rungs"),
    path("paths/<slug:code>/rungs/<int:n>/", acts.OneRung.as_view(), name="path-rung"),
    path("paths/<slug:code>/decide/", acts.DecidePath.as_view(), name="path-decide"),
    path("paths/<slug:code>/retire/", acts.RetirePath.as_view(), name="path-retire"),
    path("paths/<slug:code>/move/", acts.MoveCases.as_view(), name="path-move"),
    # questionnaires
    path("forms/", form_pages.FormsPage.as_view(), name="forms"),
    path("forms/<slug:code>/", form_pages.FormPage.as_view(), name="form"),
    path("forms/<slug:code>/preview/", form_pages.PreviewPage.as_view(), name="form-preview"),
    path("forms/<slug:code>/compare/", form_pages.ComparePage.as_view(), name="form-compare"),
    path("forms/<slug:code>/draft/", form_acts.Draft.as_view(), name="form-draft"),
    path("forms/<slug:code>/scope/", form_acts.Scope.as_view(), name="form-scope"),
    path("forms/<slug:code>/sections/", form_acts.AddSection.as_view(), name="form-sections"),
    path(
        "forms/<slug:code>/sections/<int:n>/", form_acts.OneSection.as_view(), name="form-section"
    ),
    path("forms/<slug:code>/questions/", form_acts.AddQuestion.as_view(), name="form-questions"),
    path(
        "forms/<slug:code>/questions/<slug:key>/",
        form_acts.OneQuestion.as_view(),
        name="form-question",
    ),
    path("forms/<slug:code>/decide/", form_acts.Decide.as_view(), name="form-decide"),
    path("forms/<slug:code>/retire/", form_acts.Retire.as_view(), name="form-retire"),
    # entrances for outsiders
    path("entrances/", entrances.Entrances.as_view(), name="entrances"),
    path("entrances/<slug:code>/", entrances.OneEntrance.as_view(), name="entrance"),
    path("entrances/<slug:code>/state/", entrances.EntranceState.as_view(), name="entrance-state"),
    path(
        "entrances/<slug:code>/poster/", entrances.EntrancePoster.as_view(), name="entrance-poster"
    ),
    path("people/", persons.People.as_view(), name="people"),
    path("people/invite/", persons.Invite.as_view(), name="invite"),
    path("people/roles/<uuid:change>/", safes.Decide.as_view(), name="decide"),
    path("people/<uuid:person>/", persons.OnePerson.as_view(), name="person"),
    path("people/<uuid:person>/invite/", persons.InviteAgain.as_view(), name="invite-again"),
    path("people/<uuid:person>/line/", lines.Line.as_view(), name="line"),
    path("people/<uuid:person>/lock/", persons.Lock.as_view(), name="lock"),
    path("people/<uuid:person>/reset/", persons.Reset.as_view(), name="reset"),
    path("people/<uuid:person>/leave/", safes.Leave.as_view(), name="leave"),
    path("standards/", standards.Standards.as_view(), name="standards"),
    path("standards/decide/", standards.Decide.as_view(), name="standard-decide"),
    path("calendars/", calendars.Calendars.as_view(), name="calendars"),
    path("calendars/units/", calendars.WorkBy.as_view(), name="calendar-units"),
    path("calendars/<slug:code>/", calendars.OneCalendar.as_view(), name="calendar"),
    path("calendars/<slug:code>/days/", calendars.SetDay.as_view(), name="calendar-day"),
    path("calendars/<slug:code>/retire/", calendars.Retire.as_view(), name="calendar-retire"),
    path("calendars/<slug:code>/forget/", calendars.ForgetDay.as_view(), name="calendar-forget"),
    path("indicators/", indicators.Indicators.as_view(), name="indicators"),
    path("indicators/decide/", indicators.DecideIndicator.as_view(), name="indicator-decide"),
    path("indicators/<slug:code>/", indicators.OneIndicator.as_view(), name="indicator"),
    # scripts
    path("scripts/", scripts.Scripts.as_view(), name="scripts"),
    path("scripts/decide/", scripts.DecideScript.as_view(), name="script-decide"),
    path("scripts/<slug:code>/", scripts.OneScript.as_view(), name="script"),
    path("retention/", retention.TermsPage.as_view(), name="retention"),
    path("retention/decide/", retention.DecideTerm.as_view(), name="retention-decide"),
]
urlpatterns: list[URLPattern | URLResolver] = [
    path("sign-in/", safes.SignIn.as_view(), name="sign-in"),
    path("sign-in/code/", entry.SecondFactor.as_view(), name="sign-in-code"),
    path("sign-in/again/", entry.Again.as_view(), name="sign-in-again"),
    path("sign-in/elsewhere/", provider.Elsewhere.as_view(), name="sign-in-elsewhere"),
    path("sign-in/elsewhere/back/", provider.Back.as_view(), name="sign-in-elsewhere-back"),
    path(
        "invitation/<uuid:invitation>/<str:token>/", invitation.Accept.as_view(), name="invitation"
    ),
    path("account/", account.Account.as_view(), name="account"),
    path("account/calendar/", feeds.Links.as_view(), name="account-calendar"),
    path("account/calendar/<uuid:link>/end/", feeds.EndLink.as_view(), name="account-calendar-end"),
    path("account/code/", account.AddCode.as_view(), name="account-code"),
    path("account/passkey/", account.AddPasskey.as_view(), name="account-passkey"),
    path("account/recovery/", account.RecoveryCodes.as_view(), name="account-recovery"),
    path("account/remove/<int:factor>/", account.RemoveFactor.as_view(), name="account-remove"),
    path("account/reminders/", reminders.Reminders.as_view(), name="account-reminders"),
    path("account/sessions/", account.EndSessions.as_view(), name="account-sessions"),
    path("account/password/", safes.ChangePassword.as_view(), name="account-password"),
    path("calendar/<str:secret>.ics", escalation.Feed.as_view(), name="calendar-feed"),
    path("sign-out/", safes.SignOut.as_view(), name="sign-out"),
    path("unlock/", safes.Unlock.as_view(), name="unlock"),
    path("vault/", keys.Vault.as_view(), name="vault"),
    path("vault/passphrase/", keys.Passphrase.as_view(), name="vault-passphrase"),
    path("vault/recovery/", keys.Recovery.as_view(), name="vault-recovery"),
    path("vault/recover/", keys.Recover.as_view(), name="vault-recover"),
    path("vault/replace/", keys.Replace.as_view(), name="vault-replace"),
    path("components/", components.components, name="components"),
    path("", views.home, name="home"),
    path("desk/", include("cases.desk.urls")),
    path("staff/", include("policies.urls")),
    path("desk/", include("retention.urls")),
    path("desk/", include("escalation.urls")),
    path("setup/", include((setup, "setup"))),
    path("staff/", include("people.urls")),
    path("speak/", include("cases.intake.urls")),
    path("api/v1/", include("ethicsdesk.api_urls")),
    path("insight/", include("audits.urls")),
    path("health/live", health.live, name="live"),
    path("health/ready", health.ready, name="ready"),
]
if settings.DEMO:
    urlpatterns.append(path("demo/", include((demo_views.urlpatterns, "demo"))))

handler400 = "ethicsdesk.problems.bad_request"
handler404 = "ethicsdesk.problems.not_found"
handler500 = "ethicsdesk.problems.server_error"
