"""Keyed Gumbel noise: reproducible, independent of the rest, and exact for sampling."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from costeer_cli.steering.noise import gumbel, token_hashes, uniform
from costeer_cli.steering.policy import Policy
from tests.steering.drawn import build

HASHES = token_hashes([b"", b" the", b"\xf0\x9f", "é".encode()])


def test_noise_is_keyed_by_seed_position_and_bytes_only() -> None:
    here = gumbel(7, 3, HASHES)
    assert (here == gumbel(7, 3, HASHES)).all()
    assert (here[[2, 0]] == gumbel(7, 3, HASHES[[2, 0]])).all()
    assert not np.isin(here, gumbel(8, 3, HASHES)).any()
    assert not np.isin(here, gumbel(7, 4, HASHES)).any()


def test_known_values_do_not_drift_between_releases() -> None:
    known = ["0x1.337b4b9234254p-1", "0x1.62c20db41f850p-1"]
    known += ["0x1.24a0023361949p-2", "0x1.594c0868df34ep-3"]
    assert [value.hex() for value in uniform(0, 0, HASHES).tolist()] == known


def test_uniforms_fill_the_unit_square_evenly() -> None:
    """Along tokens and along positions: chi-square over a 16 x 16 grid of neighbours."""
    many = token_hashes(str(i).encode() for i in range(65_536))
    along_tokens = uniform(1, 1, many)
    along_positions = np.array([uniform(1, i, HASHES[1:2])[0] for i in range(20_000)])
    for sample in (along_tokens, along_positions):
        assert 0.0 < sample.min() < sample.max() < 1.0
        grid, _, _ = np.histogram2d(sample[:-1], sample[1:], bins=16, range=[[0, 1], [0, 1]])
        expected = grid.sum() / 256
        assert ((grid - expected) ** 2 / expected).sum() < 255 + 5 * np.sqrt(2 * 255)


@pytest.mark.parametrize("strength", [0.0, 1.0, -2.0])
@pytest.mark.parametrize("temperature", [0.6, 1.0])
def test_sampling_equals_the_target_by_enumerating_the_noise(
    monkeypatch: pytest.MonkeyPatch, strength: float, temperature: float
) -> None:
    """Every cell of the noise is visited once, so the frequencies are exact up to cell size.

    Three tokens and n uniforms each give n**3 equally likely noises; the boundary between two
    choices crosses at most 3 n**2 cells per token.
    """
    case = build(np.log([0.5, 0.3, 0.2]), np.log([0.2, 0.3, 0.5]), np.array([0.1, 0.9, -0.7]), 2)
    policy = Policy(strength=strength, temperature=temperature)
    target = np.exp(policy.distribution(*case).logprob)
    cells = (np.arange(24) + 0.5) / 24
    counts = dict.fromkeys([b"", b"t1", b"t2"], 0)
    for noise in itertools.product(-np.log(-np.log(cells)), repeat=3):
        monkeypatch.setattr(
            "costeer_cli.steering.policy.gumbel", lambda *_, noise=noise: np.array(noise)
        )
        counts[policy.choose(*case, 0).text] += 1
    found = np.array(list(counts.values())) / 24**3
    np.testing.assert_allclose(found, target, atol=1.0 / 24)
