"""Milliseconds per training step in Keras, as one tf.function: keras_steps.py NETWORK BATCH THREADS VARIANT…"""

import json
import math
import sys
from collections.abc import Callable

import keras
import tensorflow as tf

from keras_network import keras_network
from measured import measure_steps
from network_spec import CLASSES, LEARNING_RATE, MOMENTUM

spec, batch, variants = json.loads(sys.argv[1]), int(sys.argv[2]), sys.argv[4:]
images = tf.random.normal((batch, 32, 32, 3))
labels = tf.range(batch) % CLASSES
cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)


def prepare(_variant: str) -> Callable[[], tf.Tensor]:
    keras.utils.set_random_seed(0)
    model = keras_network(spec)
    optimizer = keras.optimizers.SGD(LEARNING_RATE, momentum=MOMENTUM)

    @tf.function
    def train(images: tf.Tensor, labels: tf.Tensor) -> tf.Tensor:
        with tf.GradientTape() as tape:
            loss = cross_entropy(labels, model(images, training=True))
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))
        return loss

    return lambda: train(images, labels)


parameters = sum(math.prod(weight.shape) for weight in keras_network(spec).trainable_variables)
measure_steps(prepare, variants, parameters)
