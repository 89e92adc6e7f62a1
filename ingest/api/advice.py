"""What would make a tip more useful, in words for a program to show."""

from __future__ import annotations

from collections.abc import Mapping

from ingest.api.answers import Advice
from ingest.catalogue import SOURCE_LANGUAGE, Catalogue, choose_language
from ingest.domain.partner import Partner
from ingest.quality import missing
from ingest.submission import Submission


def advice_on(submission: Submission, partner: Partner, catalogues: Mapping[str, Catalogue]) -> list[Advice]:
    """At most three hints, in the language of the tip if we have words for it."""
    words = catalogues[choose_language("", submission.lang or SOURCE_LANGUAGE, tuple(catalogues))]
    found = missing(submission, partner.sector, partner.agreed_fields)
    return [Advice(code.value, words(f"quality.{code.value}")) for code in found]
