"""How much a text is like the one the person wrote: words in common, and characters."""

from __future__ import annotations

from dataclasses import dataclass

_CHRF_MOST = 100.0


@dataclass(frozen=True, slots=True)
class Likeness:
    """All from 0 to 1.

    Attributes:
        rouge_1, rouge_l: F1 of the words in common, and of the longest common subsequence of
            words (Lin 2004), stemmed, as the papers on personalisation report them.
        chrf: F2 of character n-grams up to 6 (Popović 2015).
    """

    rouge_1: float
    rouge_l: float
    chrf: float


def likeness(written: str, gold: str) -> Likeness:
    """Compare what was written with what the person wrote."""
    from rouge_score.rouge_scorer import RougeScorer  # noqa: PLC0415
    from sacrebleu.metrics.chrf import CHRF  # noqa: PLC0415

    rouge = RougeScorer(["rouge1", "rougeL"], use_stemmer=True, tokenizer=_Words())
    scores = rouge.score(gold, written)
    chrf = CHRF().sentence_score(written, [gold]).score
    return Likeness(scores["rouge1"].fmeasure, scores["rougeL"].fmeasure, chrf / _CHRF_MOST)


class _Words:
    """Words of any script, where rouge-score's own tokenizer knows ASCII alone.

    English words are stemmed as it does, so that on English the scores are its scores.
    """

    def tokenize(self, text: str) -> list[str]:
        """Words in small letters, stemmed where they are English."""
        import re  # noqa: PLC0415

        from nltk.stem.porter import PorterStemmer  # noqa: PLC0415

        stem = PorterStemmer().stem
        words = re.findall(r"[^\W_]+", text.lower())
        return [stem(w) if len(w) > 3 and w.isascii() else w for w in words]
