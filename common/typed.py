"""What somebody typed into a form that could not be taken, to be shown back to them."""

from django.http import HttpRequest

# keys and codes are not words, and are never shown back
NOT_WORDS = {"csrfmiddlewaretoken", "capability", "password", "passphrase", "receipt"}
# a choice can be made again; only what took thought is shown back
SHORT = 20


def words_of(request: HttpRequest) -> list[str]:
    """Return the longer texts of a POST."""
    return [
        text
        for name, text in request.POST.items()
        if name not in NOT_WORDS and isinstance(text, str) and len(text) > SHORT
    ]
