"""Log lines that carry no content: PostgreSQL puts row values into its error messages."""

import logging
import traceback


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
