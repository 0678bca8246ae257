"""Importing a large mbox: seconds, mails a second, and peak memory with the store.

python -m benchmarks.mail [MAILS]
"""

from __future__ import annotations

import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, formataddr
from html import escape
from pathlib import Path

from costeer_cli.importers.gather import Found, Tally, gather
from costeer_cli.importers.identity import Identity
from costeer_cli.importers.mail.mbox import Mbox
from costeer_cli.importers.source import Source
from costeer_cli.store.database import open_store

_MAILS = 100_000
_MINE = 0.3  # share of the mails that the person wrote; the rest is others' and programs'
_ME = ("Maya Lindqvist", "maya@lindqvist.example")
_LINE = (
    "the harbour ferry letter winter table choir again evening quarter never always bring window "
    "garden between station morning because until somebody question answer little second paper "
    "Tuesday meeting weather bridge kitchen without enough together perhaps behind number street"
)
_WORDS = _LINE.split()
_RECEIVED = (
    "Received: by 2002:a05:6402:{0}:b0 with SMTP id x{0}csp{0}; {1}\n"
    "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=lindqvist.example; s=2023;\n"
    "        h=to:subject:message-id:date:from:mime-version:from:to:cc:subject;\n"
    "        bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=;\n"
    "        b=dzdVyOfAKCdLXdJOc9G2q8LoXSlEniSbav+yuU4zGeeruD00lszZVoG4ZHRNiYzR{0}\n"
)


def _prose(rng: random.Random, sentences: int) -> list[str]:
    """Paragraphs of made-up sentences, one line each."""
    said = []
    for _ in range(sentences):
        words = rng.choices(_WORDS, k=rng.randint(6, 18))
        said.append(" ".join(words).capitalize() + rng.choice(".....?!"))
    return [" ".join(said[n : n + 3]) for n in range(0, sentences, 3)]


def _wrapped(paragraphs: list[str], prefix: str = "") -> str:
    import textwrap  # noqa: PLC0415

    return f"\n{prefix}\n".join(
        "\n".join(prefix + line for line in textwrap.wrap(part, 72)) for part in paragraphs
    )


def _mail(rng: random.Random, number: int) -> str:
    mine = rng.random() < _MINE
    other = (f"Person {rng.randint(1, 400)}", f"person{rng.randint(1, 400)}@others.example")
    sender, receiver = (_ME, other) if mine else (other, _ME)
    when = datetime(2012, 1, 1, tzinfo=UTC) + timedelta(minutes=number * 60 + rng.randint(0, 50))
    own = ["Hello,", *_prose(rng, rng.randint(2, 14)), "Best wishes,\n" + sender[0].split()[0]]
    quoted = _prose(rng, rng.randint(2, 20))
    wrote = f"On {when:%a, %d %b %Y at %H:%M} {formataddr(receiver)} wrote:"
    plain = _wrapped(own[:-1]) + "\n\n" + own[-1] + "\n"
    markup = "".join(f"<p>{escape(part)}</p>" for part in own)
    if rng.random() < 0.7:
        plain += f"\n{wrote}\n\n" + _wrapped(quoted, "> ") + "\n"
        inside = "".join(f"<div>{escape(part)}</div>" for part in quoted)
        markup += (
            f'<div class="gmail_quote"><div class="gmail_attr">{escape(wrote)}</div>'
            f'<blockquote class="gmail_quote">{inside}</blockquote></div>'
        )
    if rng.random() < 0.4:
        plain += f"\n-- \n{sender[0]}\nHead of something\n+44 131 555 0{rng.randint(100, 999)}\n"
    head = (
        f"From {number}@xxx {when:%a %b %d %H:%M:%S +0000 %Y}\n"
        f"{_RECEIVED.format(number, format_datetime(when))}"
        f"Message-ID: <{number}.{rng.randint(0, 1 << 40)}@lindqvist.example>\n"
        f"From: {formataddr(sender)}\nTo: {formataddr(receiver)}\n"
        f"Subject: Re: {' '.join(rng.choices(_WORDS, k=4))}\nDate: {format_datetime(when)}\n"
        "X-Gmail-Labels: Archived,Opened\nMIME-Version: 1.0\n"
    )
    shape = rng.random()
    if shape < 0.3:
        return f"{head}Content-Type: text/html; charset=utf-8\n\n<html>{markup}</html>\n\n"
    if shape < 0.6:
        return f"{head}Content-Type: text/plain; charset=utf-8\n\n{plain}\n"
    parts = [f"text/plain; charset=utf-8\n\n{plain}", f"text/html; charset=utf-8\n\n{markup}\n"]
    kind = "alternative"
    if shape > 0.95:
        kind = "mixed"
        parts.append(
            "application/pdf; name=a.pdf\nContent-Transfer-Encoding: base64\n\n"
            + ("JVBERi0xLjQKJcOkw7zDtsOfCjIgMCBvYmoKPDwvTGVuZ3RoIDMgMCBSL0ZpbHRlci9G\n" * 700)
        )
    whole = "".join(f"--=_{number}\nContent-Type: {part}\n" for part in parts)
    return (
        f'{head}Content-Type: multipart/{kind}; boundary="=_{number}"\n\n{whole}--=_{number}--\n\n'
    )


def _mails(count: int) -> Iterator[str]:
    rng = random.Random(5)
    for number in range(count):
        yield _mail(rng, number)


def _import(mbox: Path, home: Path) -> None:
    """Import, in a process of its own, and print the figures."""
    tally = Tally()
    started = time.perf_counter()
    with open_store(home / "costeer.db") as store:
        items = gather([Found(Source(mbox), Mbox())], Identity.of(_ME))
        result = store.documents.add(tally.documents(items))
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    megabytes = peak / (1 << (20 if sys.platform == "darwin" else 10))
    count = tally.taken + sum(tally.skipped.values())
    print(
        f"{count:,} mails, {mbox.stat().st_size / 1e6:,.0f} MB: {seconds:.1f} s, "
        f"{count / seconds:,.0f} mails/s, peak {megabytes:.0f} MB\n"
        f"taken {tally.taken:,}: {result}; skipped {dict(tally.skipped)}; notes {dict(tally.notes)}"
    )


def main() -> None:
    """Write the mbox, import it in another process, print."""
    if os.environ.get("COSTEER_BENCHMARK_MBOX"):
        _import(Path(os.environ["COSTEER_BENCHMARK_MBOX"]), Path(os.environ["COSTEER_HOME"]))
        return
    count = int(sys.argv[1]) if len(sys.argv) > 1 else _MAILS
    with tempfile.TemporaryDirectory() as folder:
        mbox = Path(folder) / "All mail.mbox"
        with mbox.open("w", encoding="utf-8") as file:
            file.writelines(_mails(count))
        subprocess.run(
            [sys.executable, "-m", "benchmarks.mail"],
            check=True,
            env=os.environ | {"COSTEER_BENCHMARK_MBOX": str(mbox), "COSTEER_HOME": folder},
        )


if __name__ == "__main__":
    main()
