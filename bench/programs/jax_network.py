"""The study's networks in JAX, with channels last and PyTorch's initial weights. The ResNet is torchvision's (v1.5)."""

import math

import jax
import jax.numpy as jnp
from jax import Array, lax

from network_spec import CLASSES, IMAGE_SIZE, Network

Weights = dict[str, Array]


def initial_weights(spec: Network) -> tuple[Weights, Weights]:
    """Parameters, and the running averages of batch normalisation."""
    parameters: Weights = {}
    buffers: Weights = {}
    keys = iter(jax.random.split(jax.random.key(0), 500))

    def layer(name: str, shape: list[int], bias: bool = True) -> None:
        bound = 1 / math.sqrt(math.prod(shape[:-1]))
        parameters[f"{name}.weight"] = jax.random.uniform(next(keys), shape, minval=-bound, maxval=bound)
        if bias:
            parameters[f"{name}.bias"] = jax.random.uniform(next(keys), shape[-1:], minval=-bound, maxval=bound)

    def normalised(name: str, channels: int, filters: int, kernel: int) -> None:
        layer(name, [kernel, kernel, channels, filters], bias=False)
        parameters[f"{name}.scale"], parameters[f"{name}.offset"] = jnp.ones(filters), jnp.zeros(filters)
        buffers[f"{name}.mean"], buffers[f"{name}.variance"] = jnp.zeros(filters), jnp.ones(filters)

    if spec["kind"] == "resnet":
        features = spec["width"]
        normalised("stem", 3, features, 7)
        for name, width, _, projected in blocks_of(spec):
            normalised(f"{name}.1", features, width, 1)
            normalised(f"{name}.2", width, width, 3)
            normalised(f"{name}.3", width, 4 * width, 1)
            if projected:
                normalised(f"{name}.shortcut", features, 4 * width, 1)
            features = 4 * width
    else:
        size, channels = IMAGE_SIZE, 3
        for index, convolution in enumerate(spec.get("convolutions", [])):
            filters, kernel = convolution["filters"], convolution["kernel"]
            layer(f"conv.{index}", [kernel, kernel, channels, filters])
            size, channels = (size + 2 * convolution["padding"] - kernel + 1) // 2, filters
        features = size * size * channels
    for index, units in enumerate([*spec["hidden"], CLASSES]):
        layer(f"dense.{index}", [features, units])
        features = units
    return parameters, buffers


def forward(spec: Network, parameters: Weights, buffers: Weights, images: Array) -> tuple[Array, Weights]:
    """Logits, and the new running averages."""
    updated: Weights = {}

    def convolve(name: str, x: Array, stride: int, padding: int) -> Array:
        pads = [(padding, padding)] * 2
        names = ("NHWC", "HWIO", "NHWC")
        return lax.conv_general_dilated(x, parameters[f"{name}.weight"], (stride, stride), pads, dimension_numbers=names)

    def normalised(name: str, x: Array, stride: int = 1) -> Array:
        x = convolve(name, x, stride, parameters[f"{name}.weight"].shape[0] // 2)
        mean, variance = x.mean((0, 1, 2)), x.var((0, 1, 2))
        count = x.size // x.shape[-1]
        averages = {"mean": mean, "variance": variance * (count / (count - 1))}
        for key, value in averages.items():
            updated[f"{name}.{key}"] = 0.9 * buffers[f"{name}.{key}"] + 0.1 * lax.stop_gradient(value)
        scale = parameters[f"{name}.scale"] * lax.rsqrt(variance + 1e-5)
        return x * scale + (parameters[f"{name}.offset"] - mean * scale)

    def bottleneck(name: str, x: Array, stride: int, projected: bool) -> Array:
        inner = jax.nn.relu(normalised(f"{name}.1", x))
        inner = jax.nn.relu(normalised(f"{name}.2", inner, stride))
        shortcut = normalised(f"{name}.shortcut", x, stride) if projected else x
        return jax.nn.relu(normalised(f"{name}.3", inner) + shortcut)

    x = images
    if spec["kind"] == "resnet":
        x = pool(jax.nn.relu(normalised("stem", x, 2)), 3, 1)
        for name, _, stride, projected in blocks_of(spec):
            x = bottleneck(name, x, stride, projected)
        x = x.mean((1, 2))
    else:
        for index, convolution in enumerate(spec.get("convolutions", [])):
            name = f"conv.{index}"
            x = jax.nn.relu(convolve(name, x, 1, convolution["padding"]) + parameters[f"{name}.bias"])
            x = pool(x, 2, 0)
        x = x.reshape(x.shape[0], -1)
    for index in range(len(spec["hidden"])):
        x = jax.nn.relu(x @ parameters[f"dense.{index}.weight"] + parameters[f"dense.{index}.bias"])
    last = f"dense.{len(spec['hidden'])}"
    return x @ parameters[f"{last}.weight"] + parameters[f"{last}.bias"], updated


def blocks_of(spec: Network) -> list[tuple[str, int, int, bool]]:
    """Name, width, stride, and whether the shortcut is projected."""
    return [
        (f"block.{group}.{block}", spec["width"] * 2**group, 2 if group > 0 and block == 0 else 1, block == 0)
        for group, count in enumerate(spec["blocks"])
        for block in range(count)
    ]


def pool(x: Array, size: int, padding: int) -> Array:
    window, strides = (1, size, size, 1), (1, 2, 2, 1)
    pads = [(0, 0), (padding, padding), (padding, padding), (0, 0)]
    return lax.reduce_window(x, -jnp.inf, lax.max, window, strides, pads)
