"""What is entered at the desk: filters, assignments, the triage record, notes, people, the end."""

from cases.forms.desk.allegations import AllegationForm, FindingForm, PartyForm
from cases.forms.desk.bundles import BundleForm
from cases.forms.desk.clients import ClientForm, FlagForm, SlipForm
from cases.forms.desk.closing import CloseForm, ReopenForm, SendBackForm, tell_all
from cases.forms.desk.early import AgreementForm, MeetingForm, TrackForm
from cases.forms.desk.evidence import BearsForm, CustodyForm, ExhibitForm
from cases.forms.desk.facts import FactsForm
from cases.forms.desk.files import AddFileForm, AgainForm, ReasonForm, ReleaseForm
from cases.forms.desk.hearing import (
    AskResponseForm,
    CallOffForm,
    GivenForm,
    HoldForm,
    MinutesForm,
    PlanInterviewForm,
    ReplyForm,
    WaiveForm,
)
from cases.forms.desk.joining import JoinForm
from cases.forms.desk.notes import MESSAGE, AmendForm, AnswerForm, DraftForm, EntryForm
from cases.forms.desk.outcome import OutcomeForm
from cases.forms.desk.pausing import LAST_YEAR, ClockField, PauseForm, ResumeForm
from cases.forms.desk.plan import DecideTermsForm, PlanForm, PlanStepForm, TermsForm
from cases.forms.desk.protection import (
    CheckInForm,
    ReadForm,
    RemedyForm,
    RestoredForm,
    RiskForm,
)
from cases.forms.desk.queue import (
    AssignForm,
    GiveForm,
    KeepForm,
    QueueFilter,
    WordsForm,
    given_field,
)
from cases.forms.desk.redacting import (
    HandOutForm,
    RedactForm,
    RedactPagesForm,
    RedactTextForm,
    ReviewForm,
)
from cases.forms.desk.related import LinkForm, UnlinkForm
from cases.forms.desk.safeguards import (
    AnswerAuthorisationForm,
    AskForm,
    EndSafeguardForm,
    KeepSafeguardForm,
    SafeguardForm,
)
from cases.forms.desk.slips import StrikeForm
from cases.forms.desk.taking import TakingForm
from cases.forms.desk.team import (
    AuditorForm,
    MemberForm,
    PlaceForm,
    RecuseForm,
    SearchForm,
    SubjectForm,
    TakeOverForm,
)
from cases.forms.desk.telling import (
    BeginTellingForm,
    DecideTellingForm,
    RecordToldForm,
    TellForm,
    UntoldForm,
)
from cases.forms.desk.triage import SignsForm, TriageForm

__all__ = [
    "LAST_YEAR",
    "MESSAGE",
    "AddFileForm",
    "AgainForm",
    "AgreementForm",
    "AllegationForm",
    "AmendForm",
    "AnswerAuthorisationForm",
    "AnswerForm",
    "AskForm",
    "AskResponseForm",
    "AssignForm",
    "AuditorForm",
    "BearsForm",
    "BeginTellingForm",
    "BundleForm",
    "CallOffForm",
    "CheckInForm",
    "ClientForm",
    "ClockField",
    "CloseForm",
    "CustodyForm",
    "DecideTellingForm",
    "DecideTermsForm",
    "DraftForm",
    "EndSafeguardForm",
    "EntryForm",
    "ExhibitForm",
    "FactsForm",
    "FindingForm",
    "FlagForm",
    "GiveForm",
    "GivenForm",
    "HandOutForm",
    "HoldForm",
    "JoinForm",
    "KeepForm",
    "KeepSafeguardForm",
    "LinkForm",
    "MeetingForm",
    "MemberForm",
    "MinutesForm",
    "OutcomeForm",
    "PartyForm",
    "PauseForm",
    "PlaceForm",
    "PlanForm",
    "PlanInterviewForm",
    "PlanStepForm",
    "QueueFilter",
    "ReadForm",
    "ReasonForm",
    "RecordToldForm",
    "RecuseForm",
    "RedactForm",
    "RedactPagesForm",
    "RedactTextForm",
    "ReleaseForm",
    "RemedyForm",
    "ReopenForm",
    "ReplyForm",
    "RestoredForm",
    "ResumeForm",
    "ReviewForm",
    "RiskForm",
    "SafeguardForm",
    "SearchForm",
    "SendBackForm",
    "SignsForm",
    "SlipForm",
    "StrikeForm",
    "SubjectForm",
    "TakeOverForm",
    "TakingForm",
    "TellForm",
    "TermsForm",
    "TrackForm",
    "TriageForm",
    "UnlinkForm",
    "UntoldForm",
    "WaiveForm",
    "WordsForm",
    "given_field",
    "tell_all",
]
