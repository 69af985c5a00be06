"""The vocabulary of the ledger: every act that can be recorded, and the coded facts it may carry.

Facts are codes, numbers and dates: never words that somebody wrote, never a name.
"""

from django.db.models import TextChoices


class Verb(TextChoices):
    """What happened."""

    # people and sign-in
    SIGNED_IN = "signed_in", "signed in"
    SIGN_IN_REFUSED = "sign_in_refused", "was refused at sign-in"
    SIGNED_OUT = "signed_out", "signed out"
    ACCESS_DENIED = "access_denied", "was refused"
    PERSON_ADDED = "person_added", "added a person"
    SECOND_FACTOR_ADDED = "second_factor_added", "added a second factor"
    SECOND_FACTOR_REMOVED = "second_factor_removed", "removed a second factor"
    SECOND_FACTOR_REFUSED = "second_factor_refused", "was refused at the second factor"
    RECOVERY_CODES_MADE = "recovery_codes_made", "made new recovery codes"
    PROVIDER_LINKED = "provider_linked", "signed in through the provider for the first time"
    PROVIDER_REFUSED = "provider_refused", "was refused though the provider vouched"
    SHOWN_AGAIN = "shown_again", "showed again who they are"
    PASSWORD_CHANGED = "password_changed", "changed a password"
    SESSIONS_ENDED = "sessions_ended", "ended sessions"
    PERSON_INVITED = "person_invited", "invited a person"
    INVITATION_ACCEPTED = "invitation_accepted", "accepted an invitation"
    ROLES_ASKED = "roles_asked", "asked for a change of roles"
    ROLES_CHANGED = "roles_changed", "changed roles"
    ROLES_REFUSED = "roles_refused", "refused a change of an account"
    LEAVING_ASKED = "leaving_asked", "asked to part with a person"
    PERSON_LEFT = "person_left", "parted with a person"
    PERSON_LOCKED = "person_locked", "locked an account"
    PERSON_UNLOCKED = "person_unlocked", "lifted the lock of an account"
    RESET_ASKED = "reset_asked", "asked to remove somebody's second factors"
    FACTORS_RESET = "factors_reset", "removed somebody's second factors"
    LINE_ASKED = "line_asked", "asked for a change of somebody's line"
    LINE_CHANGED = "line_changed", "changed to whom somebody reports"
    TIE_DECLARED = "tie_declared", "declared a conflict of interest"
    TIE_ENDED = "tie_ended", "ended a conflict of interest"
    DELEGATION_MADE = "delegation_made", "asked somebody to stand in"
    DELEGATION_ACCEPTED = "delegation_accepted", "agreed to stand in"
    DELEGATION_ENDED = "delegation_ended", "ended a delegation"
    ABSENCE_BEGUN = "absence_begun", "said when they are away"
    ABSENCE_ENDED = "absence_ended", "said that they are back"
    CLIENT_ADDED = "client_added", "added an API client"
    TOKEN_ISSUED = "token_issued", "issued an API token"
    FEED_MADE = "feed_made", "made a calendar link"
    FEED_ENDED = "feed_ended", "ended a calendar link"
    KEY_MADE = "key_made", "made a key"
    KEY_CHANGED = "key_changed", "changed what opens their key"
    KEY_RECOVERED = "key_recovered", "opened their key with its recovery code"
    KEY_REPLACED = "key_replaced", "replaced their key"
    KEY_APPROVED = "key_approved", "approved a colleague's key"
    KEY_ATTESTED = "key_attested", "attested a key"
    KEYS_ROTATED = "keys_rotated", "rotated the server's keys"
    RECOVERY_MADE = "recovery_made", "made a recovery code"
    ESCROW_MADE = "escrow_made", "made an escrow key"
    ESCROW_OPENED = "escrow_opened", "opened something with the escrow key"
    ESCROW_ENDED = "escrow_ended", "ended the escrow key"
    CATEGORY_ADDED = "category_added", "added a category"
    # concerns
    CONCERN_DRAFTED = "concern_drafted", "began a concern"
    DRAFT_SAVED = "draft_saved", "went on writing"
    DRAFTS_EXPIRED = "drafts_expired", "deleted drafts nobody came back to"
    CONCERN_FILED = "concern_filed", "filed a concern"
    # entrances
    ENTRANCE_OPENED = "entrance_opened", "opened an entrance for outsiders"
    ENTRANCE_CHANGED = "entrance_changed", "changed an entrance for outsiders"
    ENTRANCE_CLOSED = "entrance_closed", "closed an entrance for outsiders"
    MINUTES_AGREED = "minutes_agreed", "agreed with what was taken down"
    CONCERN_JOINED = "concern_joined", "joined a concern to a case"
    CONCERN_READ = "concern_read", "read a concern"
    CONCERN_SEEN = "concern_seen", "opened a concern without its words"
    CONCERN_ASSIGNED = "concern_assigned", "assigned a concern"
    CONCERN_TRIAGED = "concern_triaged", "triaged a concern"
    CONCERN_ACKNOWLEDGED = "concern_acknowledged", "answered the reporter for the first time"
    CONCERN_WITHDRAWN = "concern_withdrawn", "withdrew a concern"
    RECEIPT_USED = "receipt_used", "came back with the receipt"
    RECEIPT_CHANGED = "receipt_changed", "changed the receipt"
    MESSAGE_SENT = "message_sent", "sent a message"
    FILE_ADDED = "file_added", "added a file"
    FILE_REMOVED = "file_removed", "removed a file"
    FILE_READ = "file_read", "downloaded a file"
    FILE_CHECKED = "file_checked", "checked a file"
    FILE_CLEANED = "file_cleaned", "made a clean copy of a file"
    FILE_HELD = "file_held", "kept a file apart"
    FILE_SENT_AGAIN = "file_sent_again", "sent a file to the cleaner again"
    ORIGINAL_ASKED = "original_asked", "asked for the original of a file"
    ORIGINAL_RELEASED = "original_released", "released the original of a file"
    ORIGINAL_READ = "original_read", "downloaded the original of a file"
    PARTY_NAMED = "party_named", "named a party"
    READERS_EXCLUDED = "readers_excluded", "asked that somebody does not read it"
    # identities
    IDENTITY_READ = "identity_read", "read the name of a reporter who gave it"
    IDENTITY_ASKED = "identity_asked", "asked to open an identity"
    IDENTITY_GRANTED = "identity_granted", "agreed that an identity is opened"
    IDENTITY_REFUSED = "identity_refused", "refused that an identity is opened"
    IDENTITY_WITHDRAWN = "identity_withdrawn", "took back a request for an identity"
    IDENTITY_OPENED = "identity_opened", "opened an identity"
    IDENTITY_SHUT = "identity_shut", "shut an identity again"
    NAMES_DUE = "names_due", "found sealed names due to a later custodian"
    NAMES_HANDED_ON = "names_handed_on", "handed sealed names on to another custodian"
    NAMES_GIVEN_UP = "names_given_up", "lost the sealed names with the part of a custodian"
    RECUSED = "recused", "stepped off"
    WALL_ENFORCED = "wall_enforced", "took keys from somebody behind a wall"
    WORK_LEFT = "work_left", "took it from whoever has left"
    STOOD_IN = "stood_in", "let in whoever stands in"
    URGENCY_RAISED = "urgency_raised", "made it more urgent"
    # cases
    CASE_OPENED = "case_opened", "opened a case"
    CASE_READ = "case_read", "read a case"
    CASE_SEEN = "case_seen", "opened a case without its words"
    WORDS_SEARCHED = "words_searched", "searched for words"
    WORDS_FOUND = "words_found", "found words of it in a search"
    CASE_ASSIGNED = "case_assigned", "assigned a case"
    CASE_PASSED = "case_passed", "decided who leads a case"
    FUNCTION_CHANGED = "function_changed", "put somebody on a case into another function"
    GUEST_EXTENDED = "guest_extended", "let a guest stay longer on a case"
    PLACE_ENDED = "place_ended", "took somebody off a case"
    ADVICE_SIGNED = "advice_signed", "signed legal advice"
    CASE_VIEW_GRANTED = "case_view_granted", "let somebody see a case's metadata"
    PHASE_BEGUN = "phase_begun", "began a phase of an investigation"
    NOTE_SIGNED = "note_signed", "signed a note"
    NOTE_AMENDED = "note_amended", "amended a note"
    CASE_CLOSED = "case_closed", "closed a case"
    TASK_OPENED = "task_opened", "opened a task"
    TASK_DONE = "task_done", "did a task"
    TASK_CANCELLED = "task_cancelled", "cancelled a task"
    TASK_GIVEN = "task_given", "gave a task to somebody else"
    # how concerns and cases stand to each other
    LINKED = "linked", "said how two concerns or cases stand to each other"
    UNLINKED = "unlinked", "took back how two concerns or cases stand to each other"
    CASE_MERGED = "case_merged", "merged a case into another"
    CASE_TAKEN_IN = "case_taken_in", "took another case in"
    CASE_SPLIT = "case_split", "took something out of a case into one of its own"
    # clients
    CLIENT_NAMED = "client_named", "named a client"
    CLIENT_TAKEN_BACK = "client_taken_back", "took back which client it is about"
    FLAG_KEPT = "flag_kept", "kept a red flag on a client"
    # views of the queue
    VIEW_SAVED = "view_saved", "kept a view of the queue"
    VIEW_DROPPED = "view_dropped", "dropped a view of the queue"
    # the record of a case, and its end
    PARTY_ADDED = "party_added", "added a party of a case"
    ALLEGATION_ADDED = "allegation_added", "wrote down an allegation"
    FINDING_MADE = "finding_made", "signed what was found of an allegation"
    SLIP_STRUCK = "slip_struck", "struck what was entered by mistake"
    EXHIBIT_ADDED = "exhibit_added", "entered a piece of evidence"
    CUSTODY_CHANGED = "custody_changed", "recorded what was done with a piece of evidence"
    EVIDENCE_WEIGHED = "evidence_weighed", "said how evidence bears on an allegation"
    CLOSING_ASKED = "closing_asked", "asked to close a case"
    CLOSING_REFUSED = "closing_refused", "sent the closing of a case back"
    CLOSING_WITHDRAWN = "closing_withdrawn", "took back that a case is closed"
    CASE_REOPENED = "case_reopened", "reopened a case"
    OUTCOME_SIGNED = "outcome_signed", "signed what follows from a finding"
    CONSEQUENCE_CODED = "consequence_coded", "coded what follows from what was found"
    FACTOR_CODED = "factor_coded", "coded what contributed to what happened"
    TERMS_SIGNED = "terms_signed", "signed terms of reference"
    TERMS_APPROVED = "terms_approved", "approved terms of reference"
    TERMS_REFUSED = "terms_refused", "sent terms of reference back"
    TERMS_WITHDRAWN = "terms_withdrawn", "took terms of reference back"
    PLAN_SIGNED = "plan_signed", "signed the plan of an investigation"
    INTERVIEW_HELD = "interview_held", "signed the minutes of an interview"
    MINUTES_AMENDED = "minutes_amended", "amended the minutes of an interview"
    MINUTES_ANSWERED = "minutes_answered", "recorded what was said to the minutes of an interview"
    INTERVIEW_CALLED_OFF = "interview_called_off", "called an interview off"
    RESPONSE_ASKED = "response_asked", "asked whom a case is about to answer"
    RESPONSE_GIVEN = "response_given", "recorded what they answered whom a case is about"
    RESPONSE_WAIVED = "response_waived", "said why somebody was not heard whom a case is about"
    # bundles
    BUNDLE_MADE = "bundle_made", "made a bundle of a case"
    BUNDLE_READ = "bundle_read", "downloaded a bundle"
    BUNDLE_GONE = "bundle_gone", "deleted a bundle whose time was over"
    # redacted copies
    REDACTION_ORDERED = "redaction_ordered", "asked for a redacted copy"
    REDACTION_MADE = "redaction_made", "made a redacted copy"
    REDACTION_FAILED = "redaction_failed", "could not make a redacted copy"
    REDACTION_READ = "redaction_read", "downloaded a redacted copy"
    REDACTION_REVIEWED = "redaction_reviewed", "looked a redacted copy over"
    REDACTION_HANDED_OUT = "redaction_handed_out", "handed a redacted copy out"
    # retention and erasure
    RETENTION_PROPOSED = "retention_proposed", "proposed to keep for less long"
    RETENTION_SET = "retention_set", "set how long is kept"
    RETENTION_REFUSED = "retention_refused", "refused to keep for less long"
    HOLD_PLACED = "hold_placed", "placed a legal hold"
    HOLD_LIFTED = "hold_lifted", "lifted a legal hold"
    DISPOSAL_PROPOSED = "disposal_proposed", "proposed an erasure"
    DISPOSAL_APPROVED = "disposal_approved", "approved an erasure"
    DISPOSAL_REFUSED = "disposal_refused", "refused an erasure"
    DISPOSAL_STOPPED = "disposal_stopped", "stopped an erasure"
    ERASED = "erased", "erased for good"
    ERASURES_REPLAYED = "erasures_replayed", "erased again what a restore brought back"
    KEYS_SWEPT = "keys_swept", "destroyed keys that belong to nothing"
    # time
    CLOCK_BREACHED = "clock_breached", "ran out of time"
    CALENDAR_MADE = "calendar_made", "made a calendar"
    CALENDAR_CHANGED = "calendar_changed", "changed a calendar"
    CALENDAR_TRIED = "calendar_tried", "looked at what a change of a calendar would move"
    CALENDAR_RETIRED = "calendar_retired", "retired a calendar"
    CALENDAR_GIVEN = "calendar_given", "set by which calendar a unit works"
    CLOCK_PAUSED = "clock_paused", "paused a time limit"
    CLOCK_RESUMED = "clock_resumed", "let a time limit run again"
    REMINDERS_CHOSEN = "reminders_chosen", "chose how they are reminded"
    CLOCK_MOVED = "clock_moved", "counted a time limit again"
    PATH_DRAFTED = "path_drafted", "began a version of an escalation path"
    PATH_CHANGED = "path_changed", "changed the draft of an escalation path"
    PATH_PROPOSED = "path_proposed", "proposed a version of an escalation path"
    PATH_PUBLISHED = "path_published", "published an escalation path"
    PATH_SENT_BACK = "path_sent_back", "sent a version of an escalation path back"
    PATH_WITHDRAWN = "path_withdrawn", "discarded a version of an escalation path"
    PATH_MOVE_ASKED = "path_move_asked", "let running clocks go over to the newest version"
    CLOCK_PATH_MOVED = "clock_path_moved", "went over to another version of its path"
    CLOCK_PATH_CHANGED = "clock_path_changed", "went over to the path of what is more urgent"
    PATH_RETIRED = "path_retired", "retired an escalation path"
    STANDARD_PROPOSED = "standard_proposed", "proposed how long a kind of duty may take"
    STANDARD_DROPPED = "standard_dropped", "dropped a proposal of how long a duty may take"
    STANDARD_SET = "standard_set", "set how long a kind of duty may take"
    STEP_TAKEN = "step_taken", "escalated"
    STEP_FOUND_NOBODY = "step_found_nobody", "found nobody to escalate to"
    STEP_PASSED = "step_passed", "had no need of a step"
    CLOCK_SET_ASIDE = "clock_set_aside", "could not take a step"
    CLOCK_ADDED = "clock_added", "started a time limit that had not been kept before"
    # questionnaires
    FORM_DRAFTED = "form_drafted", "began a version of a questionnaire"
    FORM_CHANGED = "form_changed", "changed the draft of a questionnaire"
    FORM_PUBLISHED = "form_published", "published a questionnaire"
    FORM_DISCARDED = "form_discarded", "discarded a version of a questionnaire"
    FORM_RETIRED = "form_retired", "retired a questionnaire"
    # policies
    POLICY_PUBLISHED = "policy_published", "published a policy version"
    CAMPAIGN_STARTED = "campaign_started", "asked people to acknowledge a policy"
    CAMPAIGN_ENDED = "campaign_ended", "asked for no more acknowledgements of a policy"
    READERS_ASKED = "readers_asked", "brought a policy before people who have to read it"
    READERS_RELEASED = "readers_released", "asked people no longer to read a policy"
    POLICY_ACKNOWLEDGED = "policy_acknowledged", "acknowledged a policy"
    # signs of pressure, and what protects people
    INDICATOR_PROPOSED = "indicator_proposed", "proposed a version of an indicator"
    INDICATOR_PUBLISHED = "indicator_published", "published a version of an indicator"
    INDICATOR_DROPPED = "indicator_dropped", "dropped a proposed version of an indicator"
    INDICATOR_MARKED = "indicator_marked", "marked a sign of pressure"
    INDICATOR_UNMARKED = "indicator_unmarked", "took back the mark of a sign of pressure"
    SAFEGUARD_PLACED = "safeguard_placed", "put a safeguard in place"
    SAFEGUARD_ENDED = "safeguard_ended", "ended a safeguard"
    AUTHORISATION_ASKED = "authorisation_asked", "asked whether the work may go on"
    AUTHORISATION_ANSWERED = "authorisation_answered", "answered whether the work may go on"
    # what people are told
    SCRIPT_PROPOSED = "script_proposed", "proposed a version of a script"
    SCRIPT_PUBLISHED = "script_published", "published a version of a script"
    SCRIPT_DROPPED = "script_dropped", "dropped a proposed version of a script"
    TELLING_ASKED = "telling_asked", "asked that somebody reads what is to be told"
    TELLING_APPROVED = "telling_approved", "approved what is to be told"
    TELLING_REFUSED = "telling_refused", "sent back what was to be told"
    TELLING_WITHDRAWN = "telling_withdrawn", "took back what was to be told"
    TOLD = "told", "told somebody at a milestone"
    LEFT_UNTOLD = "left_untold", "said why somebody is not told what came of it"
    # those who may be made to pay for what was told
    RISK_ASSESSED = "risk_assessed", "weighed the risk that somebody is made to pay"
    CHECKED_IN = "checked_in", "recorded how somebody is who is protected"
    CHECK_IN_ANSWERED = "check_in_answered", "answered how they are"
    REMEDY_PROMISED = "remedy_promised", "promised what makes good what was done to somebody"
    REMEDY_DONE = "remedy_done", "recorded that what was done to somebody is made good"
    # coaching and mediation
    TRACK_CHANGED = "track_changed", "changed how a case is worked"
    MEETING_HELD = "meeting_held", "wrote down a session"
    AGREEMENT_SIGNED = "agreement_signed", "signed a version of an agreement"
    # letters that did not go
    LETTERS_RETRIED = "letters_retried", "tried again to send what did not go"
    LETTERS_DROPPED = "letters_dropped", "decided that letters need not go any more"
    # audits
    REPORT_REQUESTED = "report_requested", "asked for a report"
    REPORT_PRODUCED = "report_produced", "produced a report"
    REPORT_READ = "report_read", "downloaded a report"
    FIGURES_READ = "figures_read", "read figures"
    LEDGER_READ = "ledger_read", "read the ledger's entries"
    LEDGER_VERIFIED = "ledger_verified", "verified the ledger"


# The coded facts each verb may carry; a fact that is not listed is refused.
FACTS: dict[Verb, frozenset[str]] = {
    Verb.SIGNED_IN: frozenset({"how", "second"}),
    Verb.SIGN_IN_REFUSED: frozenset({"reason"}),
    Verb.SECOND_FACTOR_ADDED: frozenset({"kind"}),
    Verb.SECOND_FACTOR_REMOVED: frozenset({"kind"}),
    Verb.SECOND_FACTOR_REFUSED: frozenset({"reason"}),
    Verb.PROVIDER_REFUSED: frozenset({"reason"}),
    Verb.SHOWN_AGAIN: frozenset({"how"}),
    Verb.SESSIONS_ENDED: frozenset({"reason", "count"}),
    Verb.ROLES_ASKED: frozenset({"roles"}),
    Verb.ROLES_CHANGED: frozenset({"roles"}),
    Verb.ROLES_REFUSED: frozenset({"kind", "roles"}),
    Verb.PERSON_LEFT: frozenset({"tokens"}),
    Verb.ACCESS_DENIED: frozenset({"route"}),
    Verb.PERSON_ADDED: frozenset({"roles"}),
    Verb.TOKEN_ISSUED: frozenset({"scopes", "expires_on"}),
    Verb.KEY_MADE: frozenset({"epoch", "mode"}),
    Verb.KEY_CHANGED: frozenset({"epoch", "mode"}),
    Verb.KEY_RECOVERED: frozenset({"epoch"}),
    Verb.KEY_REPLACED: frozenset({"epoch", "safes"}),
    Verb.KEY_APPROVED: frozenset({"epoch"}),
    Verb.KEY_ATTESTED: frozenset({"epoch", "how"}),
    Verb.KEYS_ROTATED: frozenset({"layer", "key"}),
    Verb.RECOVERY_MADE: frozenset({"epoch"}),
    Verb.ESCROW_OPENED: frozenset({"person"}),
    Verb.ESCROW_ENDED: frozenset({"grants"}),
    Verb.CONCERN_DRAFTED: frozenset({"kind"}),
    Verb.CONCERN_FILED: frozenset(
        {"kind", "category", "channel", "mode", "unit", "urgency", "files", "entrance"}
    ),
    Verb.CONCERN_ASSIGNED: frozenset({"how", "why"}),
    Verb.CONCERN_JOINED: frozenset({"concern"}),
    Verb.CONCERN_TRIAGED: frozenset(
        {
            "category",
            "urgency",
            "severity",
            "danger",
            "investigated",
            "days",
            "likelihood",
            "impact",
            "overrode",
            "why",
            "track",
        }
    ),
    Verb.CONCERN_ACKNOWLEDGED: frozenset({"days", "on_time"}),
    Verb.DRAFTS_EXPIRED: frozenset({"count"}),
    Verb.MESSAGE_SENT: frozenset({"by_reporter"}),
    Verb.FILE_ADDED: frozenset({"kind"}),
    Verb.FILE_CHECKED: frozenset({"kind", "scanned"}),
    Verb.FILE_CLEANED: frozenset({"kind", "found"}),
    Verb.FILE_HELD: frozenset({"why"}),
    Verb.PARTY_NAMED: frozenset({"role", "walled"}),
    Verb.READERS_EXCLUDED: frozenset({"people"}),
    Verb.WORDS_SEARCHED: frozenset({"count"}),
    Verb.IDENTITY_ASKED: frozenset({"request"}),
    Verb.IDENTITY_GRANTED: frozenset({"request", "days"}),
    Verb.IDENTITY_REFUSED: frozenset({"request"}),
    Verb.IDENTITY_WITHDRAWN: frozenset({"request"}),
    Verb.IDENTITY_OPENED: frozenset({"request"}),
    Verb.IDENTITY_SHUT: frozenset({"request", "why"}),
    Verb.NAMES_DUE: frozenset({"count"}),
    Verb.NAMES_HANDED_ON: frozenset({"count"}),
    Verb.NAMES_GIVEN_UP: frozenset({"count"}),
    Verb.RECUSED: frozenset({"handed_over"}),
    Verb.WALL_ENFORCED: frozenset({"people"}),
    Verb.WORK_LEFT: frozenset({"people"}),
    Verb.URGENCY_RAISED: frozenset({"urgency"}),
    Verb.CASE_MERGED: frozenset({"into", "walled", "left"}),
    Verb.CASE_TAKEN_IN: frozenset({"case", "walled"}),
    Verb.CASE_SPLIT: frozenset({"into", "what"}),
    Verb.LINKED: frozenset({"kind"}),
    Verb.UNLINKED: frozenset({"kind"}),
    Verb.CASE_OPENED: frozenset({"concern", "category", "unit"}),
    Verb.CASE_ASSIGNED: frozenset({"how", "function"}),
    Verb.FUNCTION_CHANGED: frozenset({"function"}),
    Verb.PLACE_ENDED: frozenset({"function"}),
    Verb.ADVICE_SIGNED: frozenset({"version"}),
    Verb.CASE_PASSED: frozenset({"how"}),
    Verb.PHASE_BEGUN: frozenset({"phase", "how", "why", "on_time"}),
    Verb.NOTE_SIGNED: frozenset({"kind"}),
    Verb.NOTE_AMENDED: frozenset({"kind", "version"}),
    Verb.CASE_CLOSED: frozenset({"finding", "days"}),
    Verb.TASK_OPENED: frozenset({"kind", "repeats"}),
    Verb.TASK_DONE: frozenset({"kind", "on_time"}),
    Verb.TASK_CANCELLED: frozenset({"kind"}),
    Verb.TASK_GIVEN: frozenset({"kind", "how"}),
    # views of the queue
    Verb.VIEW_SAVED: frozenset({"shared"}),
    Verb.VIEW_DROPPED: frozenset({"shared"}),
    # the record of a case, and its end
    Verb.PARTY_ADDED: frozenset({"role"}),
    Verb.ALLEGATION_ADDED: frozenset({"category"}),
    Verb.FINDING_MADE: frozenset({"finding", "relied_on"}),
    Verb.SLIP_STRUCK: frozenset({"what"}),
    Verb.EXHIBIT_ADDED: frozenset({"kind"}),
    Verb.CUSTODY_CHANGED: frozenset({"act"}),
    Verb.EVIDENCE_WEIGHED: frozenset({"how"}),
    Verb.CLOSING_ASKED: frozenset({"finding"}),
    Verb.CASE_REOPENED: frozenset({"why"}),
    Verb.RESPONSE_WAIVED: frozenset({"why"}),
    Verb.FACTOR_CODED: frozenset({"factor"}),
    Verb.OUTCOME_SIGNED: frozenset({"lies"}),
    Verb.CONSEQUENCE_CODED: frozenset({"whom", "consequence"}),
    Verb.TERMS_SIGNED: frozenset({"version"}),
    Verb.TERMS_APPROVED: frozenset({"version"}),
    Verb.TERMS_REFUSED: frozenset({"version"}),
    Verb.TERMS_WITHDRAWN: frozenset({"version"}),
    Verb.PLAN_SIGNED: frozenset({"version"}),
    Verb.MINUTES_AMENDED: frozenset({"version"}),
    Verb.MINUTES_ANSWERED: frozenset({"agrees", "how"}),
    # bundles
    Verb.BUNDLE_MADE: frozenset({"n", "purpose", "reporters", "documents", "digest"}),
    Verb.BUNDLE_READ: frozenset({"n", "form"}),
    Verb.BUNDLE_GONE: frozenset({"n"}),
    Verb.REDACTION_ORDERED: frozenset({"of", "purpose", "copy"}),
    Verb.REDACTION_MADE: frozenset({"of", "purpose", "copy"}),
    Verb.REDACTION_FAILED: frozenset({"why", "copy"}),
    Verb.REDACTION_READ: frozenset({"copy"}),
    Verb.REDACTION_REVIEWED: frozenset({"agrees", "copy"}),
    Verb.REDACTION_HANDED_OUT: frozenset({"purpose", "copy"}),
    Verb.RETENTION_PROPOSED: frozenset({"category", "outcome", "months"}),
    Verb.RETENTION_SET: frozenset({"category", "outcome", "months"}),
    Verb.RETENTION_REFUSED: frozenset({"category", "outcome", "months"}),
    Verb.HOLD_PLACED: frozenset({"ground", "how"}),
    Verb.HOLD_LIFTED: frozenset({"ground"}),
    Verb.DISPOSAL_PROPOSED: frozenset({"ground"}),
    Verb.DISPOSAL_APPROVED: frozenset({"ground"}),
    Verb.DISPOSAL_REFUSED: frozenset({"ground"}),
    Verb.DISPOSAL_STOPPED: frozenset({"ground"}),
    Verb.ERASED: frozenset({"ground", "erasure"}),
    Verb.ERASURES_REPLAYED: frozenset({"count"}),
    Verb.KEYS_SWEPT: frozenset({"count"}),
    Verb.CLOCK_BREACHED: frozenset({"clock", "subject_kind"}),
    Verb.CALENDAR_MADE: frozenset({"version"}),
    Verb.CALENDAR_CHANGED: frozenset({"version", "what", "day"}),
    Verb.CALENDAR_TRIED: frozenset({"what", "day"}),
    Verb.CALENDAR_GIVEN: frozenset({"calendar"}),
    Verb.PATH_DRAFTED: frozenset({"version"}),
    Verb.PATH_CHANGED: frozenset({"version", "step", "what"}),
    Verb.PATH_PROPOSED: frozenset({"version"}),
    Verb.CLOCK_PAUSED: frozenset({"clock", "reason", "until"}),
    Verb.CLOCK_RESUMED: frozenset({"clock", "how", "days", "is"}),
    Verb.REMINDERS_CHOSEN: frozenset({"daily", "quiet"}),
    Verb.CLOCK_MOVED: frozenset({"clock", "was", "is", "steps"}),
    Verb.PATH_PUBLISHED: frozenset({"version"}),
    Verb.PATH_SENT_BACK: frozenset({"version", "reason"}),
    Verb.PATH_WITHDRAWN: frozenset({"version"}),
    Verb.PATH_MOVE_ASKED: frozenset({"version", "reason"}),
    Verb.CLOCK_PATH_MOVED: frozenset({"clock", "was", "is"}),
    Verb.CLOCK_PATH_CHANGED: frozenset({"clock", "was", "path", "is"}),
    Verb.PATH_RETIRED: frozenset({"version"}),
    Verb.STANDARD_PROPOSED: frozenset({"level", "filed_as", "limit", "path"}),
    Verb.STANDARD_DROPPED: frozenset({"level", "filed_as", "limit", "path"}),
    Verb.STANDARD_SET: frozenset({"level", "filed_as", "limit", "path"}),
    Verb.STEP_TAKEN: frozenset({"clock", "step", "action", "reached"}),
    Verb.STEP_FOUND_NOBODY: frozenset({"clock", "step"}),
    Verb.STEP_PASSED: frozenset({"clock", "step", "action"}),
    Verb.CLOCK_SET_ASIDE: frozenset({"clock", "step", "why"}),
    Verb.CLOCK_ADDED: frozenset({"clock"}),
    # questionnaires
    Verb.FORM_DRAFTED: frozenset({"version"}),
    Verb.FORM_CHANGED: frozenset({"version", "what"}),
    Verb.FORM_PUBLISHED: frozenset({"version"}),
    Verb.FORM_DISCARDED: frozenset({"version"}),
    Verb.FORM_RETIRED: frozenset({"version"}),
    Verb.POLICY_PUBLISHED: frozenset({"version"}),
    Verb.CAMPAIGN_STARTED: frozenset({"version", "limit", "units", "roles", "material"}),
    Verb.CAMPAIGN_ENDED: frozenset({"version", "why"}),
    Verb.READERS_ASKED: frozenset({"version", "count"}),
    Verb.READERS_RELEASED: frozenset({"version", "count"}),
    Verb.POLICY_ACKNOWLEDGED: frozenset({"version", "on_time"}),
    # signs of pressure, and what protects people
    Verb.INDICATOR_PROPOSED: frozenset({"version"}),
    Verb.INDICATOR_PUBLISHED: frozenset({"version"}),
    Verb.INDICATOR_DROPPED: frozenset({"version"}),
    Verb.INDICATOR_MARKED: frozenset({"indicator"}),
    Verb.INDICATOR_UNMARKED: frozenset({"indicator"}),
    Verb.SAFEGUARD_PLACED: frozenset({"kind"}),
    Verb.SAFEGUARD_ENDED: frozenset({"kind"}),
    Verb.AUTHORISATION_ASKED: frozenset({"how"}),
    Verb.AUTHORISATION_ANSWERED: frozenset({"answer", "how"}),
    # what people are told
    Verb.SCRIPT_PROPOSED: frozenset({"version"}),
    Verb.SCRIPT_PUBLISHED: frozenset({"version"}),
    Verb.SCRIPT_DROPPED: frozenset({"version"}),
    Verb.TELLING_ASKED: frozenset({"audience", "milestone"}),
    Verb.TELLING_APPROVED: frozenset({"audience", "milestone"}),
    Verb.TELLING_REFUSED: frozenset({"audience", "milestone"}),
    Verb.TELLING_WITHDRAWN: frozenset({"audience", "milestone"}),
    Verb.TOLD: frozenset({"audience", "milestone", "how", "changed", "promised"}),
    Verb.LEFT_UNTOLD: frozenset({"audience", "why"}),
    # those who may be made to pay for what was told
    Verb.RISK_ASSESSED: frozenset({"who", "point", "level"}),
    Verb.CHECKED_IN: frozenset({"who", "answer", "on_time"}),
    Verb.CHECK_IN_ANSWERED: frozenset({"answer"}),
    Verb.REMEDY_PROMISED: frozenset({"kind"}),
    Verb.REMEDY_DONE: frozenset({"kind", "on_time"}),
    # coaching and mediation
    Verb.TRACK_CHANGED: frozenset({"track", "why"}),
    Verb.MEETING_HELD: frozenset({"kind"}),
    Verb.AGREEMENT_SIGNED: frozenset({"kind", "version"}),
    Verb.LETTERS_DROPPED: frozenset({"why"}),
    Verb.REPORT_REQUESTED: frozenset({"period"}),
    Verb.REPORT_PRODUCED: frozenset({"period", "digest"}),
    Verb.REPORT_READ: frozenset({"format"}),
    Verb.FIGURES_READ: frozenset({"period"}),
    Verb.LEDGER_VERIFIED: frozenset({"outcome"}),
}
