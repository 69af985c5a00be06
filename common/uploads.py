"""Read past what is uploaded where no file is asked for: Django would write it to /tmp unsealed."""

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopFutureHandlers


class NoUploads(FileUploadHandler):
    """Keeps nothing."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin a file."""
        super().new_file(*args, **kwargs)
        raise StopFutureHandlers

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Forget it."""

    def file_complete(self, file_size: int) -> UploadedFile | None:  # noqa: ARG002 - Django's
        """Hand nothing over."""
        return None
