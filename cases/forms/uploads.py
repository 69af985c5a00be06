"""Uploads: sealed while they are read, at most half a megabyte of one in memory."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import Any, TypeVar

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopFutureHandlers, StopUpload
from django.http import HttpRequest

from cases import actions
from files.actions import Upload

Form = TypeVar("Form", bound=forms.Form)
# what the rest of a form may take beside its file
FORM_BYTES = 2 * 2**20


class SealedFile(UploadedFile):
    """A file of a form, of which nothing but name and size is here: the rest lies sealed."""

    def __init__(self, upload: Upload) -> None:
        super().__init__(BytesIO(), upload.name, size=upload.size)
        self.upload = upload


class SealingHandler(FileUploadHandler):
    """Seals what is uploaded while it is read; stops reading what is too large or not taken.

    The form's other fields, which stand before the file, are there in any case.
    """

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self.refusal = ""
        self._is_too_long = False
        self._upload: Upload | None = None
        self._all: list[Upload] = []

    def handle_raw_input(
        self,
        input_data: Any,  # noqa: ARG002 - Django's signature
        META: dict[str, str],  # noqa: ARG002, N803 - Django's signature
        content_length: int,
        boundary: str,  # noqa: ARG002 - Django's signature
        encoding: str | None = None,  # noqa: ARG002 - Django's signature
    ) -> None:
        """Note whether more is announced than we take."""
        self._is_too_long = content_length > settings.UPLOAD_MAX_BYTES + FORM_BYTES

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin a file."""
        super().new_file(*args, **kwargs)
        if self._is_too_long:
            self._refuse(actions.too_large())
        self._upload = Upload(self.file_name or "")
        self._all.append(self._upload)
        raise StopFutureHandlers

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:  # noqa: ARG002 - Django's
        """Seal the next bytes, or read past them once the file is refused."""
        upload = self._upload
        if upload is None:
            return
        if upload.size + len(raw_data) > settings.UPLOAD_MAX_BYTES:
            self._refuse(actions.too_large())
            return
        upload.write(raw_data)
        if upload.is_refused:
            self._refuse(actions.not_taken(upload))

    def file_complete(self, file_size: int) -> UploadedFile | None:  # noqa: ARG002 - Django's
        """Hand over what lies sealed."""
        upload, self._upload = self._upload, None
        if upload is None:
            return None
        upload.end()
        return SealedFile(upload)

    def _refuse(self, why: str) -> None:
        """Forget the file; where far more would follow, read no further."""
        self.refusal, self._upload = why, None
        if self._is_too_long:
            raise StopUpload(connection_reset=True)

    def tidy(self) -> None:
        """Remove whatever nobody claimed."""
        for upload in self._all:
            if upload.stream.safe_id is None:
                upload.discard()


@contextmanager
def taken(request: HttpRequest) -> Iterator[None]:
    """Take files from this request, and leave none of them behind that was not claimed."""
    handler = SealingHandler(request)
    if request.method == "POST":
        request.upload_handlers = [handler]
    yield
    handler.tidy()


def form_of(request: HttpRequest, form: type[Form]) -> Form:
    """Return the form with the file that came, or with what is said of one that was refused."""
    filled = form(request.POST, request.FILES)
    for handler in request.upload_handlers:
        if isinstance(handler, SealingHandler) and handler.refusal:
            filled.add_error("file", handler.refusal)
    return filled


def upload_in(form: forms.Form) -> Upload | None:
    """Return what was uploaded with a valid form, if anything was."""
    file = form.cleaned_data.get("file")
    return file.upload if isinstance(file, SealedFile) else None
