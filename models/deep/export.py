"""Writes a trained second reader as an ONNX network: 16-bit weights, computed in 32 bits (extra ``deep-train``)."""

from __future__ import annotations

import io

import numpy as np
import onnx
import torch
from onnx import numpy_helper

from models.deep.network import Network
from models.deep.text import MAX_PIECES

_LARGE = 1024


def to_onnx(network: Network) -> bytes:
    """The network with inputs ``pieces`` and ``mask`` (windows, pieces) and the output ``logits`` (windows, heads)."""
    network.eval()
    encoder = network.encoder.embeddings
    encoder.position_embeddings.weight = torch.nn.Parameter(encoder.position_embeddings.weight[:MAX_PIECES].clone())
    buffer = io.BytesIO()
    example = (torch.ones(2, 8, dtype=torch.long), torch.ones(2, 8, dtype=torch.long))
    size = {0: "windows", 1: "width"}
    torch.onnx.export(
        network, example, buffer, input_names=["pieces", "mask"], output_names=["logits"], dynamo=False, opset_version=17,
        dynamic_axes={"pieces": size, "mask": size, "logits": {0: "windows"}},
    )  # fmt: skip
    content: bytes = _halved(onnx.load_from_string(buffer.getvalue())).SerializeToString()
    return content


def _halved(model: onnx.ModelProto) -> onnx.ModelProto:
    """Large weights in 16 bits, each widened again by a Cast, which onnxruntime does once when it loads the network."""
    casts = []
    for weight in model.graph.initializer:
        if weight.data_type == onnx.TensorProto.FLOAT and np.prod(weight.dims) >= _LARGE:
            half = numpy_helper.from_array(numpy_helper.to_array(weight).astype(np.float16), f"{weight.name}.half")
            casts.append(onnx.helper.make_node("Cast", [half.name], [weight.name], to=onnx.TensorProto.FLOAT))
            weight.CopyFrom(half)
    nodes = [*casts, *model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    onnx.checker.check_model(model)
    return model
