"""Milliseconds per training step in tf.keras, as one tf.function: keras_steps.py NETWORK BATCH"""

import json
import sys

import keras
import tensorflow as tf

from keras_network import keras_network
from measured import measure_steps
from network_spec import CLASSES, LEARNING_RATE, MOMENTUM

spec, batch = json.loads(sys.argv[1]), int(sys.argv[2])
keras.utils.set_random_seed(0)
model = keras_network(spec)
optimizer = keras.optimizers.SGD(LEARNING_RATE, momentum=MOMENTUM)
cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
images = tf.random.normal((batch, 32, 32, 3))
labels = tf.range(batch) % CLASSES


@tf.function
def train(images: tf.Tensor, labels: tf.Tensor) -> tf.Tensor:
    with tf.GradientTape() as tape:
        loss = cross_entropy(labels, model(images, training=True))
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    return loss


measure_steps(lambda: train(images, labels).numpy())
