"""The readers are built once: they do not change."""

from __future__ import annotations

import pytest

from models.assertion import AssertionReader
from models.flags import FlagReader
from models.indicators.detect import IndicatorReader
from models.urgency import UrgencyReader
from triage.taxonomy.taxonomy import Taxonomy, load_taxonomy


@pytest.fixture(scope="package")
def taxonomy() -> Taxonomy:
    return load_taxonomy()


@pytest.fixture(scope="package")
def assertions() -> AssertionReader:
    return AssertionReader()


@pytest.fixture(scope="package")
def indicators(taxonomy: Taxonomy) -> IndicatorReader:
    return IndicatorReader(taxonomy)


@pytest.fixture(scope="package")
def urgency() -> UrgencyReader:
    return UrgencyReader()


@pytest.fixture(scope="package")
def flags() -> FlagReader:
    return FlagReader()
