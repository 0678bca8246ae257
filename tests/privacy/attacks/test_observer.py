"""Two contexts, two hundred texts each: what the texts tell apart, with and without a budget."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator

import numpy as np
import pytest

from costeer_cli.privacy.allowance import Allowance
from costeer_cli.privacy.guard import Guard
from costeer_cli.privacy.ledger import Ledger
from costeer_cli.steering.completion import Evidence
from costeer_cli.steering.policy import Policy
from costeer_cli.writing.chooser import Chooser
from tests.privacy.attacks.observer import Leans, Learned, Setting, even, learn, position

ONE, OTHER = b"abcd", b"efgh"
SAMPLED = Policy(1.0, 1.0, gate=0.9)

REPORT: list[str] = []


@pytest.fixture(scope="module", autouse=True)
def _report() -> Iterator[None]:
    """Run with `-s` to see the table of docs/privacy.md."""
    yield
    print("\n" + "\n".join(REPORT))


def report(name: str, learned: Learned) -> None:
    REPORT.append(
        f"{name:32} accuracy {learned.accuracy:.2f}, by counting {learned.counted:.2f}, "
        f"log-odds {learned.mean:.2f} mean {learned.most:.2f} most, "
        f"proved epsilon {learned.empirical:.2f}"
    )


def test_without_a_budget_a_hostile_service_tells_contexts_apart() -> None:
    """The attack works; where it does not, the tests below prove nothing."""
    greedy = learn(Setting(Policy(1.0)), ONE, OTHER)
    sampled = learn(Setting(SAMPLED), ONE, OTHER)
    report("greedy", greedy)
    report("sampled, clip 4, no budget", sampled)
    assert greedy.counted == sampled.accuracy == sampled.counted == 1.0
    assert sampled.mean > 20
    assert sampled.empirical > 2


@pytest.mark.parametrize(
    ("epsilon", "delta"), [(0.5, 0.0), (1.0, 0.0), (3.0, 0.0), (10.0, 0.0), (3.0, 1e-3)]
)
def test_with_a_budget_no_text_tells_more_than_it(epsilon: float, delta: float) -> None:
    setting = Setting(SAMPLED, Allowance(epsilon, delta))
    learned = learn(setting, ONE, OTHER)
    report(f"epsilon {epsilon}, delta {delta}", learned)
    if delta == 0.0:
        assert learned.most <= epsilon + 1e-6
    assert learned.empirical <= epsilon
    noise = 3 * math.sqrt(0.25 / 200)
    assert learned.accuracy <= (math.exp(epsilon) + delta) / (math.exp(epsilon) + 1) + noise
    assert learned.counted <= (math.exp(epsilon) + delta) / (math.exp(epsilon) + 1) + 2 * noise


def test_the_receipt_says_no_less_than_what_was_told() -> None:
    setting = Setting(SAMPLED, Allowance(2.0))
    for seed in range(40):
        text, loop, _ = setting.write(ONE, seed)
        told = abs(setting.log_probability(text, ONE) - setting.log_probability(text, OTHER))
        assert told <= loop._chooser.ledger.bound + 1e-9 <= 2.0 + 2e-9


@pytest.mark.parametrize("count", [2, 3, 8, 20])
@pytest.mark.parametrize("sure", [0.3, 0.89, 0.9, 0.97])
def test_no_shape_of_the_cloud_gives_more(count: int, sure: float) -> None:
    """Positions that are nearly sure, or list few, gated or not: the odds stay within."""
    rest = (1 - sure) / (count - 1)
    where = position(**{chr(97 + i): rest if i else sure for i in range(count)})
    setting = Setting(SAMPLED, Allowance(1.0), tokens=10, where=where)
    for seed in range(20):
        text, _, _ = setting.write(b"a", seed)
        for one, other in ((b"a", b"b"), (b"b", b"a"), (b"", b"b")):
            told = setting.log_probability(text, one) - setting.log_probability(text, other)
            assert abs(told) <= 1.0 + 1e-9


def test_where_requests_are_cut_tells_no_more_than_the_text() -> None:
    """Whoever has the text can tell every request: the wire is a function of it."""
    for towards in (ONE, OTHER):
        setting = Setting(SAMPLED, Allowance(1.0))
        for seed in range(10):
            text, _, mallory = setting.write(towards, seed)
            own, cuts, said = even().chosen.text, [b""], b""
            for token in text[:-1]:
                said += token
                if token != own:
                    cuts.append(said)
            assert mallory.seen == cuts


def refusing(*values: str) -> Guard:
    return Guard(values, [], "")


# The service offers a value that it guesses to be protected, with most of the mass, and a rare
# token beside it: what the refused value leaves over must not let the context move more.
BAIT = position(**{"Zwieback": 0.85, "x": 0.12, "y": 0.03})


def drawn(epsilon: float, wanted: bytes, draws: int) -> Counter[bytes]:
    found: Counter[bytes] = Counter()
    deltas = np.array([0.0, *(9.0 if t == wanted else -9.0 for t in (b"x", b"y"))])
    guard = refusing("Zwieback")
    for seed in range(draws):
        policy = Policy(1.0, 1.0, seed=seed, gate=0.9)
        chooser = Chooser(policy, guard, Ledger(Allowance(epsilon), 1))
        found[chooser.choose(BAIT, Evidence(deltas)).text] += 1
    return found


def test_refusals_do_not_widen_the_budget() -> None:
    epsilon, draws = 1.0, 2500
    one, other = (drawn(epsilon, wanted, draws) for wanted in (b"x", b"y"))
    assert not one[b"Zwieback"] + other[b"Zwieback"]
    odds = math.log(other[b"y"] / one[b"y"])
    error = math.sqrt(1 / other[b"y"] + 1 / one[b"y"])
    report(f"epsilon {epsilon}, with bait", Learned(0.5, 0.5, odds, odds, odds - 2 * error))
    assert odds <= epsilon + 3 * error


@pytest.mark.parametrize("sure", [0.5, 0.99, 0.9999999])
def test_bait_is_on_the_bill_of_a_greedy_text(sure: float) -> None:
    """The best is refused, and the context chooses among all the others: that is bits."""
    names = "abcdefgh"
    where = position(Zwieback=sure, **dict.fromkeys(names, (1 - sure) / len(names)))
    told, texts = [], set()
    for name in names:
        chooser = Chooser(Policy(1.0), refusing("Zwieback"), Ledger(None, 1))
        choice = chooser.choose(where, Leans(name.encode()).delta(where))
        chooser.accept(choice)
        texts.add(choice.text)
        told.append(chooser.ledger.told)
        assert (choice.source, chooser.blocked) == (("guard", 1) if sure > 0.9 else ("steered", 0))
    assert texts == {name.encode() for name in names}
    assert min(told) >= math.log(len(names)) - 1e-9
