"""What every API view shares: tokens, scopes, bodies, pages, problems, and answering a replay."""

from people.api.bodies import BoundedJSONParser, TooLargeError
from people.api.once import REPLAY_KEY_MAX, Body, KeyReusedError, create_once
from people.api.paging import CursorPages
from people.api.problems import NOTHING_HERE, TITLES, AskedFirstError, ProblemResponse, problem
from people.api.who import CHALLENGE, HasScope, TokenAuthentication, program_of

__all__ = [
    "CHALLENGE",
    "NOTHING_HERE",
    "REPLAY_KEY_MAX",
    "TITLES",
    "AskedFirstError",
    "Body",
    "BoundedJSONParser",
    "CursorPages",
    "HasScope",
    "KeyReusedError",
    "ProblemResponse",
    "TokenAuthentication",
    "TooLargeError",
    "create_once",
    "problem",
    "program_of",
]
