"""The study's networks in Keras. The ResNet is torchvision's (v1.5), which keras.applications doesn't have."""

import keras
from keras import KerasTensor, layers

from network_spec import CLASSES, IMAGE_SIZE, Network


def keras_network(spec: Network) -> keras.Model:
    inputs = keras.Input((IMAGE_SIZE, IMAGE_SIZE, 3))
    features = resnet_features(inputs, spec) if spec["kind"] == "resnet" else plain_features(inputs, spec)
    for units in spec["hidden"]:
        features = layers.Dense(units, "relu")(features)
    return keras.Model(inputs, layers.Dense(CLASSES)(features))


def plain_features(images: KerasTensor, spec: Network) -> KerasTensor:
    for convolution in spec.get("convolutions", []):
        padding = "same" if convolution["padding"] else "valid"
        convolve = layers.Conv2D(convolution["filters"], convolution["kernel"], padding=padding, activation="relu")
        images = layers.MaxPool2D(2)(convolve(images))
    return layers.Flatten()(images)


def resnet_features(images: KerasTensor, spec: Network) -> KerasTensor:
    images = normalised(layers.ZeroPadding2D(3)(images), spec["width"], 7, stride=2, padding="valid")
    images = layers.MaxPool2D(3, 2)(layers.ZeroPadding2D(1)(layers.ReLU()(images)))
    for group, count in enumerate(spec["blocks"]):
        width = spec["width"] * 2**group
        for block in range(count):
            stride = 2 if group > 0 and block == 0 else 1
            images = bottleneck(images, width, stride, projected=block == 0)
    return layers.GlobalAveragePooling2D()(images)


def bottleneck(images: KerasTensor, width: int, stride: int, projected: bool) -> KerasTensor:
    shortcut = normalised(images, 4 * width, 1, stride) if projected else images
    inner = layers.ReLU()(normalised(images, width, 1))
    inner = layers.ReLU()(normalised(inner, width, 3, stride))
    return layers.ReLU()(layers.Add()([normalised(inner, 4 * width, 1), shortcut]))


def normalised(images: KerasTensor, filters: int, kernel: int, stride: int = 1, padding: str = "same") -> KerasTensor:
    convolved = layers.Conv2D(filters, kernel, stride, padding, use_bias=False)(images)
    return layers.BatchNormalization(momentum=0.9, epsilon=1e-5)(convolved)
