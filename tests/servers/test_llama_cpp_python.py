"""llama-cpp-python's server: another implementation, raw text only, no chat that goes on."""

from __future__ import annotations

from math import inf

import pytest

from costeer_cli.local.scorer import Unscored
from costeer_cli.privacy.outbound.door import Cloud
from costeer_cli.privacy.outbound.probing import Finding
from costeer_cli.steering.policy import Policy
from tests.servers.running import Server
from tests.servers.writing import Hashed, alike, cloud_of, examine, one_by_one, write
from tests.writing.test_loop import PROMPTS

pytestmark = [pytest.mark.server, pytest.mark.model]


@pytest.fixture(scope="module")
def finding(llama_cpp_python: Server) -> Finding:
    """What the probe finds when it is told the format."""
    return examine(llama_cpp_python.base_url, template="chatml")


@pytest.fixture(scope="module")
def python_cloud(llama_cpp_python: Server, finding: Finding) -> Cloud:
    """The server as the probe finds it."""
    return cloud_of(llama_cpp_python.base_url, finding)


def test_it_is_recognised_and_takes_raw_text(finding: Finding) -> None:
    assert finding.capability.server == "llama-cpp-python"
    assert str(finding.capability.kind) == "raw_text"
    assert finding.capability.wire == "completions"


def test_without_a_format_it_says_what_is_missing(llama_cpp_python: Server) -> None:
    verdict = examine(llama_cpp_python.base_url).capability
    assert not verdict.steerable
    assert "--template" in verdict.reason


@pytest.mark.parametrize(
    "policy",
    [Policy(strength=0.7), Policy(strength=0.7, temperature=0.8, top_p=0.95, seed=11)],
    ids=["greedy", "seeded"],
)
def test_cutting_drafts_gives_the_text_of_one_token_per_request(
    python_cloud: Cloud, policy: Policy
) -> None:
    """Its numbers depend on what else was read at a time, and it takes text, which it cuts into
    tokens anew: behind a text that it would write with other tokens its numbers are others."""
    pairs = []
    for prompt in (PROMPTS[0], PROMPTS[1], PROMPTS[3]):
        drafted = write(python_cloud, prompt, Hashed(), policy)
        single = one_by_one(python_cloud, prompt, Hashed(), policy)
        assert not drafted.failures
        pairs.append((prompt, drafted, single))
    alike(pairs, handful=1, noise=inf)
    assert sum(drafted.differed for _, drafted, _ in pairs) > 0


def test_ends_are_found(python_cloud: Cloud) -> None:
    prompt = "Answer with one word: what is the capital of France?"
    run = write(python_cloud, prompt, Unscored(), Policy(0.0), max_tokens=60)
    assert run.receipt.finish_reason == "stop"
    assert 0 < len(run.choices) < 60
    assert b"<|im_end|>" not in run.text
