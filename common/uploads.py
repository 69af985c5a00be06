"""Take uploads into memory alone: Django's own handlers would write large ones to /tmp unsealed."""

from io import BytesIO
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopFutureHandlers


class BoundedMemoryUploadHandler(FileUploadHandler):
    """Keeps a file in memory up to the limit; what is longer is cut there and marked as too long.

    One byte past the limit is kept, so that a form sees `size > UPLOAD_MAX_BYTES` and can say so.
    """

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin a file."""
        super().new_file(*args, **kwargs)
        self._chunks: list[bytes] = []
        self._kept = 0
        raise StopFutureHandlers

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:  # noqa: ARG002 - Django's
        """Keep what fits."""
        room = settings.UPLOAD_MAX_BYTES + 1 - self._kept
        if room > 0:
            self._chunks.append(raw_data[:room])
            self._kept += len(self._chunks[-1])

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:  # noqa: ARG002 - Django's
        """Hand the file over."""
        return InMemoryUploadedFile(
            BytesIO(b"".join(self._chunks)),
            self.field_name,
            self.file_name or "",
            self.content_type,
            self._kept,
            self.charset,
            self.content_type_extra,
        )
