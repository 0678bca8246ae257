"""What goes wrong on the way to a provider, as costeer's errors.

Messages never repeat what a service answered: an answer may quote the request.
"""

from __future__ import annotations

import math
import re
import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from costeer_cli.errors import (
    NotSteerableError,
    PrivacyError,
    ProviderError,
    ProviderUnreachableError,
)

if TYPE_CHECKING:
    import httpx2

_LONGEST = 4096
_AGAIN = {408, 409, 425, 429}
_UNFIT = {400, 405, 415, 422, 501}
_CHECK = "Check the key, the base URL and the model: costeer provider show"
_SAYS = {
    300: ("points to another address, which costeer does not follow", "Set that address instead."),
    400: ("refused the request", "See what it can do: costeer provider test"),
    401: ("refused the key", _CHECK),
    402: ("wants to be paid first", "See your account there."),
    403: ("refused the key", _CHECK),
    404: ("has no such address or model", _CHECK),
    413: ("finds the text too long", "Shorten the prompt, or lower --max-tokens."),
}
_TOO_LONG = re.compile(r"context.?(length|window|size)|maximum context", re.IGNORECASE)


@contextmanager
def translated(where: str) -> Iterator[None]:
    """Turn what the HTTP libraries raise into a `ProviderError`; `where` names the service."""
    import httpx2  # noqa: PLC0415
    import openai

    try:
        yield
    except openai.APIStatusError as error:
        raise refused(where, error.response) from None  # its text quotes the answer
    except (openai.APIConnectionError, httpx2.TransportError, ssl.SSLError) as error:
        for cause in _causes(error):
            if isinstance(cause, PrivacyError):  # the SDK takes all that is raised for a bad line
                raise cause from None
        raise _unreachable(where, error) from error
    except (ValueError, RecursionError) as error:
        raise ProviderUnreachableError(f"{where} sent an answer that is no JSON.") from error
    except openai.APIError:  # an error in the middle of a stream; its text quotes the answer
        raise ProviderUnreachableError(f"{where} broke off with an error of its own.") from None
    except httpx2.DecodingError as error:
        raise ProviderUnreachableError(f"{where} sent an answer that is broken.") from error
    except (httpx2.StreamError, httpx2.InvalidURL, httpx2.TooManyRedirects) as error:
        raise ProviderError(f"{where} cannot be asked like this.") from error


def refused(where: str, answer: httpx2.Response) -> ProviderError:
    """The error for an answer, read to its end, with an HTTP status of 300 or more."""
    status, detail = answer.status_code, answer.text[:_LONGEST]
    if status in _AGAIN or (status >= 500 and status not in _UNFIT):
        busy = "is too busy (429)" if status == 429 else f"failed ({status})"
        return ProviderUnreachableError(
            f"{where} {busy}.", status=status, wait=wait_asked(answer.headers), detail=detail
        )
    says, hint = _SAYS.get(status, _SAYS[400] if status >= 400 else _SAYS[300])
    too_long = status in _UNFIT and _TOO_LONG.search(detail)
    if too_long:
        says, hint = _SAYS[413]
    kind = NotSteerableError if status in _UNFIT and not too_long else ProviderError
    return kind(f"{where} {says} ({status}).", hint=hint, status=status, detail=detail)


def wait_asked(headers: Mapping[str, str]) -> float | None:
    """Seconds that `Retry-After` asks for, as a number or a date; None without one."""
    value = headers.get("retry-after", "").strip()
    try:
        seconds = float(value)
    except ValueError:
        try:
            seconds = parsedate_to_datetime(value).timestamp() - time.time()
        except (TypeError, ValueError, OverflowError):
            return None
    return max(seconds, 0.0) if math.isfinite(seconds) else None


def _unreachable(where: str, error: BaseException) -> ProviderError:
    causes = list(_causes(error))
    if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in causes) or any(
        "CERTIFICATE_VERIFY_FAILED" in str(cause) for cause in causes
    ):
        return ProviderError(
            f"{where} does not prove who it is: its certificate is not valid.",
            hint="Check the address, the clock, and SSL_CERT_FILE if you use your own authority.",
        )
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        return ProviderUnreachableError(
            f"{where} is not found: there is no such host, or no network.",
            hint="Check the address and the network.",
        )
    if any("imeout" in type(cause).__name__ for cause in causes):
        return ProviderUnreachableError(f"{where} did not answer in time.")
    if any("ConnectError" in type(cause).__name__ for cause in causes):
        return ProviderUnreachableError(
            f"{where} does not answer.", hint="Is the server running, and the address right?"
        )
    return ProviderUnreachableError(f"{where} broke off in the middle.")


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
