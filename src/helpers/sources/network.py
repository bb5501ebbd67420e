"""What calls to the producers' servers share: which faults may pass, and how long to wait."""

from __future__ import annotations

import requests
from urllib3.exceptions import InvalidHeader, ProtocolError, ReadTimeoutError
from urllib3.util import Retry

AGENT = "diagnostic-communal"
# Seconds: the longest wait agreed to when a server says how long.
PATIENCE = 120.0


def was_cut(error: requests.RequestException) -> bool:
    """Tell a connection that was cut, which may pass, from one that was never made."""
    cut = (requests.ReadTimeout, requests.exceptions.ChunkedEncodingError)
    return isinstance(error, cut) or any(
        isinstance(cause, (ProtocolError, ReadTimeoutError)) for cause in error.args
    )


def asked_wait(answer: requests.Response) -> float | None:
    """Read the seconds to wait, which a server gives as a number or as a date; None when it asks for nothing."""
    try:
        return Retry().get_retry_after(answer.raw)
    except (InvalidHeader, ValueError):
        return None
