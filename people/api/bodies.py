"""What is sent: JSON of a bounded size."""

from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from rest_framework import status
from rest_framework.exceptions import (
    APIException,
    ParseError,
)
from rest_framework.parsers import JSONParser


class TooLargeError(APIException):
    """The body of a request is larger than we take."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE

    def __init__(self) -> None:
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        super().__init__(f"We take {limit} bytes at the most. Nothing was stored.")


class BoundedJSONParser(JSONParser):
    """Reads JSON that is not nested without end; how large it may be, Django's settings say."""

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """Return what was sent."""
        try:
            return super().parse(stream, media_type, parser_context)
        except RecursionError:
            msg = "The JSON is nested too deeply. Nothing was stored."
            raise ParseError(msg) from None
