"""What somebody typed into a form that could not be taken, to be shown back to them."""

from django.http import HttpRequest

# keys, codes and what opens them are not words, and are never shown back
NOT_WORDS = {
    "csrfmiddlewaretoken",
    "capability",
    "receipt",
    "password",
    "passphrase",
    "again-password",
    # of forms that change one of these
    "old",
    "current",
    "new",
    "again",
}
# a choice, a code or an id is not words; only what took thought is shown back
SHORT = 20


def words_of(request: HttpRequest) -> list[str]:
    """Return the longer texts of a POST."""
    texts = [str(text) for name, text in request.POST.items() if name not in NOT_WORDS]
    return [text for text in texts if len(text) > SHORT and " " in text]
