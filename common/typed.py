"""What somebody typed into a form that could not be taken, to be shown back to them."""

from django.http import HttpRequest

# keys and codes are not words, and are never shown back
NOT_WORDS = {"csrfmiddlewaretoken", "capability", "password", "passphrase", "receipt"}
# a choice, a code or an id is not words; only what took thought is shown back
SHORT = 20


def words_of(request: HttpRequest) -> list[str]:
    """Return the longer texts of a POST."""
    texts = [str(text) for name, text in request.POST.items() if name not in NOT_WORDS]
    return [text for text in texts if len(text) > SHORT and " " in text]
