"""A program, and somebody without a token, for tests of the door that come over the API too."""

from tests.api.conftest import program, stranger

__all__ = ["program", "stranger"]
