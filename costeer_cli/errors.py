"""The one error tree. Every failure a user can meet is one of these.

    CosteerError                     exit 1
    |-- UsageError                   exit 2   what was asked cannot be done as asked
    |   |-- UnknownNameError                  no profile, model, document or draft of that name
    |   |-- BadInputError                     a file or text that cannot be read as what it claims
    |   `-- TooLongError                      more tokens than the local model's window holds
    |-- StoreError                   exit 1   the store cannot be read or written
    |-- PrivacyError                 exit 3   a privacy rule stopped it
    |-- ProviderError                exit 4   the cloud cannot be reached or cannot be steered
    |   |-- ProviderUnreachableError
    |   `-- NotSteerableError
    |-- ModelError                   exit 5   the local model cannot be had
    |   |-- ModelUnavailableError             not cached, and it could not be fetched
    |   `-- ModelCorruptError                 fetched or cached, but not what it should be
    `-- InterruptedDraftError        exit 130 Ctrl-C; the draft is kept

A message says what happened; `hint` says what to do next. Neither ever holds personal text.
"""

from __future__ import annotations

from typing import ClassVar


class CosteerError(Exception):
    """Base of everything costeer raises on purpose; print it with its hint, exit with its code.

    Args:
        message: what happened, one line, without personal text.
        hint: what to do next, one line; the class may bring a usual one.
    """

    exit_code: ClassVar[int] = 1
    retryable: ClassVar[bool] = False
    usual_hint: ClassVar[str | None] = None

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint or self.usual_hint


class UsageError(CosteerError):
    """What was asked cannot be done as asked; nothing was changed."""

    exit_code = 2


class UnknownNameError(UsageError):
    """No profile, model, document or draft goes by that name."""


class BadInputError(UsageError):
    """A file, a line or a value cannot be read as what it claims to be."""


class TooLongError(UsageError):
    """The prompt or the private context needs more tokens than the model's window holds."""


class StoreError(CosteerError):
    """The store cannot be opened, read or written; what was in it is still there."""


class PrivacyError(CosteerError):
    """A privacy rule stopped the work before anything was sent."""

    exit_code = 3


class ProviderError(CosteerError):
    """The cloud provider failed.

    Attributes:
        status: the HTTP status, where there was one.
        wait: seconds the provider asked to wait before trying again; None where it did not say.
        detail: what it answered; may quote the request, so it is never shown.
    """

    exit_code = 4

    def __init__(
        self,
        message: str,
        *,
        hint: str | None = None,
        status: int | None = None,
        wait: float | None = None,
        detail: str = "",
    ) -> None:
        super().__init__(message, hint=hint)
        self.status = status
        self.wait = wait
        self.detail = detail


class ProviderUnreachableError(ProviderError):
    """No answer from the provider, or a broken one; trying again may help."""

    retryable = True


class NotSteerableError(ProviderError):
    """The provider lacks logprobs or exact continuation, so its text cannot be steered."""


class ModelError(CosteerError):
    """The local model cannot be had."""

    exit_code = 5


class ModelUnavailableError(ModelError):
    """The model is not cached and could not be fetched."""

    retryable = True


class ModelCorruptError(ModelError):
    """A model file is not what its checksum or format says."""

    usual_hint = "Fetch it again with: costeer model pull --force"


class InterruptedDraftError(CosteerError):
    """Ctrl-C while writing; the text so far is in the store."""

    exit_code = 130
