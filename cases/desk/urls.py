"""The addresses of the desk."""

from django.urls import URLPattern, include, path

from cases.desk import views

app_name = "desk"

identity_urls = [
    path("identity/", views.IdentityPage.as_view(), name="identity"),
    path("identity/ask/", views.AskIdentity.as_view(), name="identity-ask"),
    path("identity/back/", views.WithdrawIdentity.as_view(), name="identity-back"),
    path("identity/open/", views.OpenIdentity.as_view(), name="identity-open"),
]


def of_files(prefix: str, **of: str) -> list[URLPattern]:
    """Return the addresses of one file, below a concern or a case."""
    at = "files/<int:n>/"
    return [
        path(at, views.FilePage.as_view(), of, name=f"{prefix}file"),
        path(f"{at}again/", views.CleanAgain.as_view(), of, name=f"{prefix}again"),
        path(f"{at}ask/", views.AskForOriginal.as_view(), of, name=f"{prefix}ask"),
        path(f"{at}copy/", views.Download.as_view(), of, name=f"{prefix}download"),
        path(f"{at}original/", views.Original.as_view(), of, name=f"{prefix}original"),
        path(f"{at}release/", views.ReleaseOriginal.as_view(), of, name=f"{prefix}release"),
    ]


case_file_urls = [
    path("files/", views.FilesSection.as_view(), name="files"),
    path("files/add/", views.AddFile.as_view(), name="files-add"),
    *of_files("case-", **views.OF_CASE),
    path("redact/", views.RedactPage.as_view(), name="redact"),
    path("redact/make/", views.MakeRedacted.as_view(), name="redact-make"),
    path("redacted/<int:n>/", views.RedactedPage.as_view(), name="redacted"),
    path("redacted/<int:n>/copy/", views.DownloadRedacted.as_view(), name="redacted-copy"),
    path("redacted/<int:n>/hand/", views.HandOut.as_view(), name="redacted-hand"),
    path("redacted/<int:n>/review/", views.ReviewRedacted.as_view(), name="redacted-review"),
]
concern_task_urls = [
    path("tasks/", views.ConcernTasks.as_view(), name="concern-tasks"),
    path("tasks/add/", views.AddToConcern.as_view(), name="concern-tasks-add"),
    path("tasks/<uuid:task>/done/", views.FinishOfConcern.as_view(), name="concern-tasks-done"),
    path("tasks/<uuid:task>/cancel/", views.CancelOfConcern.as_view(), name="concern-tasks-cancel"),
    path("tasks/<uuid:task>/hand/", views.HandOfConcern.as_view(), name="concern-tasks-hand"),
]
concern_telling_urls = [
    path("telling/", views.ConcernTelling.as_view(), name="concern-telling"),
    path("telling/tell/", views.TellOfConcern.as_view(), name="concern-telling-tell"),
    path("telling/decide/", views.DecideOnConcern.as_view(), name="concern-telling-decide"),
]
talk_urls = [
    path("", views.ConcernPage.as_view(), name="concern"),
    path("answer/", views.Answer.as_view(), name="answer"),
    path("assign/", views.Assign.as_view(), name="assign"),
    path("client/", views.NameClient.as_view(), name="client"),
    path("client/back/", views.TakeClientBack.as_view(), name="client-back"),
    path("danger/", views.SeeDanger.as_view(), name="danger"),
    path("pause/", views.PauseOfConcern.as_view(), name="concern-pause"),
    path("resume/", views.ResumeOfConcern.as_view(), name="concern-resume"),
    path("subject/", views.NameSubjectEarly.as_view(), name="concern-subject"),
    path("step-off/", views.StepOff.as_view(), name="step-off"),
    path("marks/", views.MarkSigns.as_view(), name="mark"),
    path("triage/", views.Triage.as_view(), name="triage"),
    path("join/", views.Join.as_view(), name="join"),
]
concern_urls = [
    *talk_urls,
    *concern_task_urls,
    *concern_telling_urls,
    *of_files(""),
    *identity_urls,
]
task_urls = [
    path("tasks/", views.CaseTasks.as_view(), name="tasks"),
    path("tasks/add/", views.AddToCase.as_view(), name="tasks-add"),
    path("tasks/<uuid:task>/done/", views.FinishOfCase.as_view(), name="tasks-done"),
    path("tasks/<uuid:task>/cancel/", views.CancelOfCase.as_view(), name="tasks-cancel"),
    path("tasks/<uuid:task>/hand/", views.HandOfCase.as_view(), name="tasks-hand"),
]
client_urls = [
    path("clients/", views.ClientsSection.as_view(), name="clients"),
    path("clients/flag/", views.KeepFlag.as_view(), name="flag"),
]
access_urls = [
    path("access/", views.AccessSection.as_view(), name="access"),
    path("access/subject/", views.NameSubject.as_view(), name="subject"),
    path("access/place/", views.ChangePlace.as_view(), name="place"),
    path("access/member/", views.AddMember.as_view(), name="member"),
    path("access/auditor/", views.LetAuditorSee.as_view(), name="auditor"),
    path("access/take/", views.TakeOver.as_view(), name="take-over"),
    path("access/recuse/", views.Recuse.as_view(), name="recuse"),
]
time_urls = [
    path("pause/", views.PauseOfCase.as_view(), name="pause"),
    path("phase/back/", views.GoBack.as_view(), name="phase-back"),
    path("phase/on/", views.GoOn.as_view(), name="phase-on"),
    path("resume/", views.ResumeOfCase.as_view(), name="resume"),
]
safeguard_urls = [
    path("safeguards/", views.SafeguardsSection.as_view(), name="safeguards"),
    path("safeguards/place/", views.PlaceSafeguard.as_view(), name="safeguard-place"),
    path("authorisations/ask/", views.AskAuthorisation.as_view(), name="authorisation-ask"),
    path(
        "authorisations/<uuid:asked>/answer/",
        views.AnswerAuthorisation.as_view(),
        name="authorisation-answer",
    ),
    path("safeguards/<uuid:guard>/end/", views.EndSafeguard.as_view(), name="safeguard-end"),
    path("safeguards/<uuid:guard>/keep/", views.KeepSafeguard.as_view(), name="safeguard-keep"),
]
early_urls = [
    path("early/", views.EarlySection.as_view(), name="early"),
    path("early/change/", views.ChangeTrack.as_view(), name="early-change"),
    path("early/session/", views.HoldMeeting.as_view(), name="early-meeting"),
    path("early/agreement/", views.SignAgreement.as_view(), name="early-agreement"),
]
timeline_urls = [
    path("", views.TimelineSection.as_view(), name="case"),
    path("add/", views.AddToTimeline.as_view(), name="add"),
    path("draft/", views.KeepDraft.as_view(), name="draft"),
    path("draft/drop/", views.DropDraft.as_view(), name="draft-drop"),
    path("notes/<uuid:note>/", views.NotePage.as_view(), name="note"),
    path("notes/<uuid:note>/amend/", views.Amend.as_view(), name="amend"),
]
record_urls = [
    path("allegations/", views.AllegationsSection.as_view(), name="allegations"),
    path("allegations/add/", views.AddAllegation.as_view(), name="allegations-add"),
    path("allegations/party/", views.AddParty.as_view(), name="party"),
    path("allegations/<int:n>/", views.AllegationPage.as_view(), name="allegation"),
    path("allegations/<int:n>/outcome/", views.OutcomePage.as_view(), name="allegation-outcome"),
    path("strike/<str:what>/<int:n>/", views.StrikePage.as_view(), name="strike"),
    path("evidence/", views.EvidenceSection.as_view(), name="evidence"),
    path("evidence/add/", views.AddExhibit.as_view(), name="evidence-add"),
    path("evidence/<int:n>/", views.ExhibitPage.as_view(), name="exhibit"),
    path("evidence/<int:n>/custody/", views.ChangeCustody.as_view(), name="custody"),
    path("evidence/<int:n>/weigh/", views.Weigh.as_view(), name="weigh"),
]
plan_urls = [
    path("plan/", views.PlanSection.as_view(), name="plan"),
    path("plan/decide/", views.DecideTerms.as_view(), name="plan-decide"),
    path("plan/sign/", views.SignPlan.as_view(), name="plan-sign"),
    path("plan/step/", views.AddPlanStep.as_view(), name="plan-step"),
    path("plan/terms/", views.SignTerms.as_view(), name="plan-terms"),
]
hearing_urls = [
    path("interviews/", views.InterviewsSection.as_view(), name="interviews"),
    path("interviews/plan/", views.PlanInterview.as_view(), name="interviews-plan"),
    path("interviews/<int:n>/", views.InterviewPage.as_view(), name="interview"),
    path("interviews/<int:n>/amend/", views.AmendMinutes.as_view(), name="interview-amend"),
    path("interviews/<int:n>/hold/", views.HoldInterview.as_view(), name="interview-hold"),
    path("interviews/<int:n>/off/", views.CallOff.as_view(), name="interview-off"),
    path("interviews/<int:n>/reply/", views.ReplyToMinutes.as_view(), name="interview-reply"),
    path("interviews/response/<int:n>/", views.ResponsePage.as_view(), name="response"),
    path("interviews/response/<int:n>/ask/", views.AskResponse.as_view(), name="response-ask"),
    path(
        "interviews/response/<int:n>/given/", views.RecordResponse.as_view(), name="response-given"
    ),
    path(
        "interviews/response/<int:n>/waive/", views.WaiveResponse.as_view(), name="response-waive"
    ),
]
telling_urls = [
    path("telling/", views.TellingSection.as_view(), name="telling"),
    path("telling/tell/", views.TellOfCase.as_view(), name="telling-tell"),
    path("telling/decide/", views.DecideOnCase.as_view(), name="telling-decide"),
    path("telling/told/", views.RecordTold.as_view(), name="telling-told"),
    path("telling/untold/", views.LeaveUntold.as_view(), name="telling-untold"),
]
protection_urls = [
    path("protection/", views.ProtectionSection.as_view(), name="protection"),
    path("protection/check/", views.RecordCheckIn.as_view(), name="protection-check"),
    path("protection/remedy/", views.PromiseRemedy.as_view(), name="protection-remedy"),
    path("protection/restored/", views.RecordRestored.as_view(), name="protection-restored"),
    path("protection/risk/", views.WeighRisk.as_view(), name="protection-risk"),
]
closing_urls = [
    path("close/", views.Close.as_view(), name="close"),
    path("close/approve/", views.ApproveClosing.as_view(), name="close-approve"),
    path("close/back/", views.TakeBack.as_view(), name="close-back"),
    path("close/refuse/", views.SendBack.as_view(), name="close-refuse"),
    path("reopen/", views.Reopen.as_view(), name="reopen"),
]
bundle_urls = [
    path("bundle/", views.BundleSection.as_view(), name="bundle"),
    path("bundle/make/", views.MakeBundle.as_view(), name="bundle-make"),
    path("bundle/<int:n>/<str:form>/", views.BundleCopy.as_view(), name="bundle-copy"),
]
case_urls = [
    *timeline_urls,
    *case_file_urls,
    *record_urls,
    *plan_urls,
    *hearing_urls,
    *telling_urls,
    *protection_urls,
    *closing_urls,
    *bundle_urls,
    *time_urls,
    *client_urls,
    *access_urls,
    *safeguard_urls,
    *early_urls,
    *task_urls,
]
related_urls = [
    path("", views.RelatedPage.as_view(), name="related"),
    path("say/", views.SayRelated.as_view(), name="related-say"),
    path("back/", views.TakeLinkBack.as_view(), name="related-back"),
    path("merge/", views.Merge.as_view(), name="merge"),
    path("split/", views.Split.as_view(), name="split"),
]
request_urls = [
    path("", views.IdentityToDecide.as_view(), name="identity-request"),
    path("grant/", views.GrantIdentity.as_view(), name="identity-grant"),
    path("refuse/", views.RefuseIdentity.as_view(), name="identity-refuse"),
]
urlpatterns = [
    path("", views.Queue.as_view(), name="queue"),
    path("live/queue/", views.Arrived.as_view(), name="arrived"),
    path("views/keep/", views.KeepView.as_view(), name="view-keep"),
    path("views/<uuid:view>/drop/", views.DropView.as_view(), name="view-drop"),
    path("today/", views.Today.as_view(), name="today"),
    path("take-down/", views.TakeDown.as_view(), name="take-down"),
    path("search/", views.Search.as_view(), name="search"),
    path("identities/", views.Identities.as_view(), name="identities"),
    path("identities/<str:ref>/", include(request_urls)),
    path("related/<str:ref>/", include(related_urls)),
    path("concerns/<str:ref>/", include(concern_urls)),
    path("cases/", views.Cases.as_view(), name="cases"),
    path("cases/<str:ref>/", include(case_urls)),
]
