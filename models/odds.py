"""Log odds, the scale on which readings are added up."""

from __future__ import annotations

import numpy as np

from models.features import Floats

LEAST = 1e-6
"""How far from 0 and 1 a probability is kept, so that no single reading is beyond doubt."""


def log_odds(probabilities: Floats, least: float = LEAST) -> Floats:
    """ln(p / (1 - p)), with p held ``least`` away from 0 and 1."""
    held = np.clip(probabilities.astype(np.float64), least, 1 - least)
    return np.asarray(np.log(held / (1 - held)), np.float32)
