"""The questions at the reporter's door: one form a page, and what their answers amount to."""

from cases.forms.intake.answers import (
    PAGES,
    filing,
    incomplete,
    labels,
    page,
    readers,
    steps,
    unsure,
)
from cases.forms.intake.later import ExcludeForm, FilesForm, ReplyForm, SignForm
from cases.forms.intake.more import MoreForm, more
from cases.forms.intake.questions import Answers, Question
from cases.forms.intake.stories import STORIES

__all__ = [
    "PAGES",
    "STORIES",
    "Answers",
    "ExcludeForm",
    "FilesForm",
    "MoreForm",
    "Question",
    "ReplyForm",
    "SignForm",
    "filing",
    "incomplete",
    "labels",
    "more",
    "page",
    "readers",
    "steps",
    "unsure",
]
