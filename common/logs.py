"""Log lines that carry no content: PostgreSQL puts row values into its error messages."""

import logging
import traceback

from common import limits

_DAY = 86_400
OUR_OWN = "ethicsdesk"
# addresses that are secrets by themselves
PERSONAL = "/calendar/"


class Terse(logging.Formatter):
    """Formats a record as one line; an exception as its class and where it was raised."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")

    def formatException(  # noqa: N802 - the name is logging's
        self, ei: object
    ) -> str:
        """Return the exception's class and place, never its message."""
        if not isinstance(ei, tuple) or ei[0] is None:
            return ""
        frames = traceback.extract_tb(ei[2])
        last = frames[-1] if frames else None
        place = f" at {last.filename}:{last.lineno} in {last.name}" if last else ""
        return f"{ei[0].__module__}.{ei[0].__qualname__}{place}"


class Discreet(logging.Filter):
    """Keeps the log from telling that somebody was at the reporter's door, and when; and secrets.

    What somebody sent wrongly leaves no line. What failed here has to be mended, so it leaves one:
    what failed and where in our code, and of the time the day.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether the record may be written, less what it tells."""
        request = getattr(record, "request", None)
        if getattr(request, "path_info", "").startswith(PERSONAL):
            record.msg, record.args = "a calendar failed", ()
            return record.levelno >= logging.ERROR
        if limits.NETWORK not in getattr(request, "META", {}):
            return True
        if record.levelno < logging.ERROR or record.name.startswith("django.security"):
            return False
        if not record.name.startswith(OUR_OWN):
            record.msg, record.args = "a page failed", ()
        record.created -= record.created % _DAY
        record.msecs = 0
        return True
