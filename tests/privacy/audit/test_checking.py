"""The check of a sealed audit against files that were made to break it."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from costeer_cli.errors import BadInputError
from costeer_cli.privacy.audit.checking import check
from tests.privacy.audit.test_body import leaves
from tests.privacy.audit.test_sealing import HERON, WORDS, sent, written

VALUES = st.sampled_from([None, 0, -1, 1e300, "", "x", "zz==", [], [1], {}, {"a": 1}, True])


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    path = tmp_path_factory.mktemp("sealed") / "audit.jsonl"
    return written(path, sent(WORDS, 0, 3, 5, texts=(HERON,)))


def put(path: Path, lines: list[Any]) -> None:
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")


@given(data=st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_whatever_is_changed_nothing_breaks(
    lines: list[dict[str, Any]], tmp_path: Path, data: st.DataObject
) -> None:
    other: Any = copy.deepcopy(lines)
    where = [path for path in leaves(other) if "values" not in path and "runs" not in path]
    path = data.draw(st.sampled_from(where))
    cut = data.draw(st.integers(1, len(path)))
    inside = other
    for key in path[: cut - 1]:
        inside = inside[key]
    inside[path[cut - 1]] = data.draw(VALUES)
    put(tmp_path / "x", other)
    try:
        audits = check(tmp_path / "x")
    except BadInputError as error:
        assert str(error).startswith(str(tmp_path))  # noqa: PT017
    else:
        assert isinstance(audits, list)


def test_lines_in_another_order_are_noticed(lines: list[dict[str, Any]], tmp_path: Path) -> None:
    head, draft, *requests = lines
    put(tmp_path / "x", [head, draft, *reversed(requests)])
    (audit,) = check(tmp_path / "x")
    assert any(finding.rule == "log" for finding in audit.findings)
    put(tmp_path / "y", [head, *requests, draft])
    with pytest.raises(BadInputError):
        check(tmp_path / "y")


def test_a_request_of_another_draft_is_noticed(lines: list[dict[str, Any]], tmp_path: Path) -> None:
    head, draft, *requests = lines
    put(tmp_path / "x", [head, draft, *requests, requests[-1]])
    (audit,) = check(tmp_path / "x")
    assert any(finding.rule == "log" for finding in audit.findings)
