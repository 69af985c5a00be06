"""Every change to concerns and cases: one function an act, one transaction a function."""

from cases.actions.allegations import add_allegation, sign_finding
from cases.actions.answering import say_unharmed, tell_sign
from cases.actions.assigning import assign, assign_many
from cases.actions.bundles import (
    Expected,
    expected,
    expire_bundles,
    make_bundle,
    read_bundle,
)
from cases.actions.cleaning import (
    begin_cleaning,
    check_file,
    expire_loans,
    hold_file,
    keep_clean_copy,
)
from cases.actions.clients import keep_flag, name_client, take_client_back
from cases.actions.closing import approve_closing, ask_to_close, refuse_closing, take_back_closing
from cases.actions.covering import see_to_open_work, take_over
from cases.actions.custody import find_names_due, hand_on_names
from cases.actions.danger import see_danger
from cases.actions.enforcing import enforce_walls
from cases.actions.entrances import (
    Words,
    change_entrance,
    close_entrance,
    open_again,
    open_entrance,
)
from cases.actions.erasing import erase, hide
from cases.actions.escrow import open_by_escrow
from cases.actions.evidence import Piece, add_exhibit, change_custody, weigh
from cases.actions.files import (
    add_file,
    add_to_case,
    ask_for_original,
    not_taken,
    read_file,
    read_original,
    release_original,
    remove_file,
    send_again,
    take_upload,
    too_large,
)
from cases.actions.hearing import ask_response, record_response, waive_response
from cases.actions.identities import (
    Identity,
    ask_identity,
    expire_identities,
    grant_identity,
    open_identity,
    read_requests,
    refuse_identity,
    withdraw_identity,
)
from cases.actions.intake import (
    Filing,
    add_category,
    change_receipt,
    expire_drafts,
    file_concern,
    save_draft,
    start_draft,
    withdraw,
)
from cases.actions.interviews import (
    amend_minutes,
    call_off,
    hold_interview,
    plan_interview,
    record_reply,
)
from cases.actions.joining import join
from cases.actions.links import link, unlink
from cases.actions.marking import mark_signs
from cases.actions.measures import answer_authorisation, ask_authorisation
from cases.actions.merging import merge
from cases.actions.notes import Told, amend_note, drop_draft, keep_draft, sign_note
from cases.actions.outcomes import sign_outcome
from cases.actions.parties import add_party
from cases.actions.pausing import pause_clock, resume_clock
from cases.actions.phases import go_back, go_on
from cases.actions.planning import (
    approve_terms,
    refuse_terms,
    sign_plan,
    sign_terms,
    take_back_terms,
)
from cases.actions.protecting import CheckedIn, assess_risk, check_in, read_check_in
from cases.actions.reading import note_search, read_case, read_concern
from cases.actions.recusal import recuse_from_case, recuse_from_concern
from cases.actions.redacted import (
    begin_redaction,
    fail_redaction,
    hand_out,
    keep_redacted,
    read_redacted,
    review_redacted,
)
from cases.actions.redacting import Wanted, order_redaction, redact_text
from cases.actions.reopening import reopen
from cases.actions.restoring import keep_remedy, promise_remedy
from cases.actions.safeguards import end_safeguard, keep_safeguard, place_safeguard
from cases.actions.slips import strike
from cases.actions.splitting import split, take_out
from cases.actions.taking import agree_minutes, take_down
from cases.actions.talk import answer, read_by_reporter, say
from cases.actions.tasks import add_task, cancel_task, finish_task, hand_task
from cases.actions.team import (
    add_member,
    change_function,
    end_place,
    extend_guest,
    grant_view,
)
from cases.actions.telling import (
    ToldHow,
    approve_telling,
    leave_untold,
    record_told,
    refuse_telling,
    take_back_telling,
    tell,
)
from cases.actions.tracks import change_track, hold_meeting, sign_agreement
from cases.actions.triaging import Weighed, triage
from cases.actions.views import drop_view, keep_view
from cases.actions.visits import come
from cases.actions.walls import exclude_readers, name_party, name_party_of_concern

__all__ = [
    "CheckedIn",
    "Expected",
    "Filing",
    "Identity",
    "Piece",
    "Told",
    "ToldHow",
    "Wanted",
    "Weighed",
    "Words",
    "add_allegation",
    "add_category",
    "add_exhibit",
    "add_file",
    "add_member",
    "add_party",
    "add_task",
    "add_to_case",
    "agree_minutes",
    "amend_minutes",
    "amend_note",
    "answer",
    "answer_authorisation",
    "approve_closing",
    "approve_telling",
    "approve_terms",
    "ask_authorisation",
    "ask_for_original",
    "ask_identity",
    "ask_response",
    "ask_to_close",
    "assess_risk",
    "assign",
    "assign_many",
    "begin_cleaning",
    "begin_redaction",
    "call_off",
    "cancel_task",
    "change_custody",
    "change_entrance",
    "change_function",
    "change_receipt",
    "change_track",
    "check_file",
    "check_in",
    "close_entrance",
    "come",
    "drop_draft",
    "drop_view",
    "end_place",
    "end_safeguard",
    "enforce_walls",
    "erase",
    "exclude_readers",
    "expected",
    "expire_bundles",
    "expire_drafts",
    "expire_identities",
    "expire_loans",
    "extend_guest",
    "fail_redaction",
    "file_concern",
    "find_names_due",
    "finish_task",
    "go_back",
    "go_on",
    "grant_identity",
    "grant_view",
    "hand_on_names",
    "hand_out",
    "hand_task",
    "hide",
    "hold_file",
    "hold_interview",
    "hold_meeting",
    "join",
    "keep_clean_copy",
    "keep_draft",
    "keep_flag",
    "keep_redacted",
    "keep_remedy",
    "keep_safeguard",
    "keep_view",
    "leave_untold",
    "link",
    "make_bundle",
    "mark_signs",
    "merge",
    "name_client",
    "name_party",
    "name_party_of_concern",
    "not_taken",
    "note_search",
    "open_again",
    "open_by_escrow",
    "open_entrance",
    "open_identity",
    "order_redaction",
    "pause_clock",
    "place_safeguard",
    "plan_interview",
    "promise_remedy",
    "read_bundle",
    "read_by_reporter",
    "read_case",
    "read_check_in",
    "read_concern",
    "read_file",
    "read_original",
    "read_redacted",
    "read_requests",
    "record_reply",
    "record_response",
    "record_told",
    "recuse_from_case",
    "recuse_from_concern",
    "redact_text",
    "refuse_closing",
    "refuse_identity",
    "refuse_telling",
    "refuse_terms",
    "release_original",
    "remove_file",
    "reopen",
    "resume_clock",
    "review_redacted",
    "save_draft",
    "say",
    "say_unharmed",
    "see_danger",
    "see_to_open_work",
    "send_again",
    "sign_agreement",
    "sign_finding",
    "sign_note",
    "sign_outcome",
    "sign_plan",
    "sign_terms",
    "split",
    "start_draft",
    "strike",
    "take_back_closing",
    "take_back_telling",
    "take_back_terms",
    "take_client_back",
    "take_down",
    "take_out",
    "take_over",
    "take_upload",
    "tell",
    "tell_sign",
    "too_large",
    "triage",
    "unlink",
    "waive_response",
    "weigh",
    "withdraw",
    "withdraw_identity",
]
