"""The other thing that goes out: the probe's fixed public words, written down as they go."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from costeer_cli.accounts.account import Account
from costeer_cli.accounts.switch import require_allowed
from costeer_cli.cloud.capability import Capability
from costeer_cli.cloud.line import Line
from costeer_cli.cloud.probe import Probe, Trial
from costeer_cli.cloud.speech import Tokens
from costeer_cli.privacy.outbound.door import Record
from costeer_cli.privacy.outbound.seal import Passage

__all__ = ["Capability", "Finding", "Trial", "probe"]


@dataclass(frozen=True)
class Finding:
    """What a probe found.

    Attributes:
        capability: the verdict.
        trials: the ways that were tried, in order.
        requests: requests that were sent with a body.
    """

    capability: Capability
    trials: tuple[Trial, ...]
    requests: int


def probe(
    account: Account, key: str | None, record: Record, tokens: Tokens | None = None
) -> Finding:
    """Find out how a service can be steered.

    Raises:
        PrivacyError: it leads beyond this machine, and this machine is to stay by itself; before
            any of the words is sent.
        ProviderError: it cannot be reached, or refuses the key.
        StoreError: a request could not be written down; it was not sent.
    """
    require_allowed(account)
    line = Line(account.base_url, key)
    sent = 0

    def announce(endpoint: str, body: bytes) -> None:
        nonlocal sent
        record(account.name, endpoint, line.headers, body)
        sent += 1

    try:
        permit = partial(require_allowed, account)
        examination = Probe(account, line, announce, tokens, permit)
        with Passage(account.base_url):
            verdict = examination.run()
        return Finding(verdict, tuple(examination.trials), sent)
    finally:
        line.close()
