"""The study's networks in TensorFlow's own functions, with PyTorch's initial weights. The ResNet is torchvision's (v1.5)."""

import math
from collections.abc import Callable

import tensorflow as tf

from network_spec import CLASSES, IMAGE_SIZE, Network

Forward = Callable[[tf.Tensor], tf.Tensor]


class TensorflowNetwork:
    """Makes its variables when it is created. Each function below adds a part and returns how to run it."""

    def __init__(self, spec: Network) -> None:
        self.parameters: list[tf.Variable] = []
        features, self.body = self.resnet(spec) if spec["kind"] == "resnet" else self.plain(spec)
        hidden = []
        for units in spec["hidden"]:
            hidden.append(self.dense(features, units))
            features = units
        self.hidden, self.last = hidden, self.dense(features, CLASSES)

    def __call__(self, images: tf.Tensor) -> tf.Tensor:
        features = self.body(images)
        for layer in self.hidden:
            features = tf.nn.relu(layer(features))
        return self.last(features)

    def plain(self, spec: Network) -> tuple[int, Forward]:
        size, channels, layers = IMAGE_SIZE, 3, []
        for convolution in spec.get("convolutions", []):
            filters, kernel, padding = convolution["filters"], convolution["kernel"], convolution["padding"]
            layers.append(self.convolution(channels, filters, kernel, padding="SAME" if padding else "VALID", bias=True))
            size, channels = (size + 2 * padding - kernel + 1) // 2, filters

        def body(images: tf.Tensor) -> tf.Tensor:
            for layer in layers:
                images = tf.nn.max_pool2d(tf.nn.relu(layer(images)), 2, 2, "VALID")
            return tf.reshape(images, [images.shape[0], -1])

        return size * size * channels, body

    def resnet(self, spec: Network) -> tuple[int, Forward]:
        stem, channels, blocks = self.normalised(3, spec["width"], 7, 2), spec["width"], []
        for group, count in enumerate(spec["blocks"]):
            for block in range(count):
                stride = 2 if group > 0 and block == 0 else 1
                blocks.append(self.bottleneck(channels, spec["width"] * 2**group, stride, projected=block == 0))
                channels = 4 * spec["width"] * 2**group

        def body(images: tf.Tensor) -> tf.Tensor:
            # Zeros pad like -inf, because no value is below 0.
            images = tf.nn.max_pool2d(padded(tf.nn.relu(stem(images)), 1), 3, 2, "VALID")
            for block in blocks:
                images = block(images)
            return tf.reduce_mean(images, [1, 2])

        return channels, body

    def bottleneck(self, channels: int, width: int, stride: int, projected: bool) -> Forward:
        first, second = self.normalised(channels, width, 1, 1), self.normalised(width, width, 3, stride)
        third = self.normalised(width, 4 * width, 1, 1)
        shortcut = self.normalised(channels, 4 * width, 1, stride) if projected else tf.identity

        def block(images: tf.Tensor) -> tf.Tensor:
            inner = tf.nn.relu(second(tf.nn.relu(first(images))))
            return tf.nn.relu(third(inner) + shortcut(images))

        return block

    def normalised(self, channels: int, filters: int, kernel: int, stride: int) -> Forward:
        # oneDNN has no convolutions with explicit padding, and TensorFlow's `SAME` is uneven at stride 2.
        pad = kernel // 2 if stride > 1 else 0
        convolve = self.convolution(channels, filters, kernel, stride, "SAME" if stride == 1 else "VALID")
        scale, offset = self.parameter(tf.ones([filters])), self.parameter(tf.zeros([filters]))
        mean = tf.Variable(tf.zeros([filters]), trainable=False)
        variance = tf.Variable(tf.ones([filters]), trainable=False)

        def normalise(images: tf.Tensor) -> tf.Tensor:
            result = tf.raw_ops.FusedBatchNormV3(
                x=convolve(padded(images, pad)), scale=scale, offset=offset, mean=mean, variance=variance,
                epsilon=1e-5, exponential_avg_factor=0.1, is_training=True,
            )  # fmt: skip
            mean.assign(result.batch_mean)
            variance.assign(result.batch_variance)
            return result.y

        return normalise

    def convolution(
        self, channels: int, filters: int, kernel: int, stride: int = 1, padding: str = "VALID", bias: bool = False
    ) -> Forward:
        bound = 1 / math.sqrt(channels * kernel * kernel)
        weight = self.parameter(tf.random.uniform([kernel, kernel, channels, filters], -bound, bound))
        if not bias:
            return lambda images: tf.nn.conv2d(images, weight, stride, padding)
        offset = self.parameter(tf.random.uniform([filters], -bound, bound))
        return lambda images: tf.nn.bias_add(tf.nn.conv2d(images, weight, stride, padding), offset)

    def dense(self, features: int, units: int) -> Forward:
        bound = 1 / math.sqrt(features)
        weight = self.parameter(tf.random.uniform([features, units], -bound, bound))
        offset = self.parameter(tf.random.uniform([units], -bound, bound))
        return lambda x: tf.nn.bias_add(tf.matmul(x, weight), offset)

    def parameter(self, start: tf.Tensor) -> tf.Variable:
        variable = tf.Variable(start)
        self.parameters.append(variable)
        return variable


def padded(images: tf.Tensor, pad: int) -> tf.Tensor:
    return tf.pad(images, [[0, 0], [pad, pad], [pad, pad], [0, 0]]) if pad > 0 else images
