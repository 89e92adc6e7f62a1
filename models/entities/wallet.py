"""Crypto wallets: whole addresses with their checksum, and the few characters that people remember."""

from __future__ import annotations

import re
from collections.abc import Iterator

from models.entities.base import Passage, Recognizer, matches_at
from models.entities.checks import base58check_ok, bech32_ok, ethereum_ok
from triage.domain.assessment import Entity

_ETHEREUM = re.compile(r"(?<!\w)0x[0-9a-fA-F]{40}(?!\w)")
_BECH32 = re.compile(r"(?<!\w)(?:bc1|BC1)[0-9a-zA-Z]{3,87}(?!\w)")
_BASE58 = re.compile(r"(?<!\w)[13T][1-9A-HJ-NP-Za-km-z]{25,34}(?!\w)")
_CUE = re.compile(
    r"\b(?:wallets?|bitcoin|btc|crypto|cripto\w*|usdt|tether|eth|ethereum|tron|trx|billetera|monedero|cartera|coin|address)\b"
)
_ENDS = re.compile(
    r"\b(?:ending|ends|starts|starting|begins|acaba|termina|empieza|comienza)\b(?:\s(?:in|with|en|con|de))?\s([0-9A-Za-z]{3,8})(?!\w)"
)
_ENDING = frozenset("ending ends starts starting begins acaba termina empieza comienza".split())
_PIECE = re.compile(r"(?<!\w)(?:0x[0-9a-fA-F]{2,39}|[13T](?=[0-9A-Za-z]*[0-9])(?=[0-9A-Za-z]*[A-Za-z])[1-9A-HJ-NP-Za-km-z]{3,24})(?!\w)")
_BITCOIN_VERSIONS = frozenset({0, 5})
_TRON_VERSIONS = frozenset({0x41})


class WalletRecognizer(Recognizer):
    """The value is the address as written (bech32 in lower case); ``valid`` is its checksum; ``attributes["chain"]`` names the chain."""

    word_sets = (_ENDING,)
    cues = (
        "bc1", "0x", "wallet", "btc", "bitcoin", "crypto", "cripto", "usdt", " eth", "ethereum", "trx", "tron", "billetera", "monedero",
        "cartera", "address", "coin", "tether",
    )  # fmt: skip

    def find(self, passage: Passage) -> Iterator[Entity]:
        """Yield whole addresses; parts of one only near a word for crypto money."""
        text = passage.text
        starts = [start for word, start in zip(passage.words, passage.starts, strict=True) if not word.isalpha()]
        taken: set[int] = set()
        for match in matches_at(_ETHEREUM, text, starts):
            taken.add(match.start())
            yield _wallet(passage, match, "ethereum", ethereum_ok(match.group()))
        for match in matches_at(_BECH32, text, starts):
            taken.add(match.start())
            address = match.group()
            short = len(address) < 14
            yield passage.entity(
                "wallet",
                match.start(),
                match.end(),
                address.lower(),
                valid=bech32_ok(address),
                partial=short,
                attributes={"chain": "bitcoin"},
            )
        for match in matches_at(_BASE58, text, starts):
            chain = "tron" if match.group().startswith("T") else "bitcoin"
            holds = base58check_ok(match.group(), _TRON_VERSIONS if chain == "tron" else _BITCOIN_VERSIONS)
            if holds or _CUE.search(passage.before(match.start(), 60)):
                taken.add(match.start())
                yield _wallet(passage, match, chain, holds)
        for match in matches_at(_PIECE, text, starts):
            if match.start() not in taken and _CUE.search(passage.before(match.start(), 60)):
                taken.add(match.start())
                yield passage.entity("wallet", match.start(), match.end(), match.group(), partial=True)
        for match in matches_at(_ENDS, text, passage.starts_of(passage.indexes(_ENDING))):
            if match.start(1) not in taken and _CUE.search(passage.before(match.start(), 60)) and not match[1].isalpha():
                taken.add(match.start(1))
                yield passage.entity("wallet", match.start(1), match.end(1), match[1], partial=True)


def _wallet(passage: Passage, match: re.Match[str], chain: str, valid: bool) -> Entity:
    return passage.entity("wallet", match.start(), match.end(), match.group(), valid=valid, attributes={"chain": chain})
