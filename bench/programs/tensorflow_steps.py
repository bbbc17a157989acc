"""Milliseconds per training step in TensorFlow, as one tf.function without Keras: tensorflow_steps.py NETWORK BATCH THREADS VARIANT…

A variant is `tf.function` or `jit_compile`.
"""

import json
import sys
from collections.abc import Callable

import tensorflow as tf

from measured import measure_steps
from network_spec import CLASSES, LEARNING_RATE, MOMENTUM
from tensorflow_network import TensorflowNetwork

spec, batch, variants = json.loads(sys.argv[1]), int(sys.argv[2]), sys.argv[4:]
images = tf.random.normal((batch, 32, 32, 3))
labels = tf.range(batch) % CLASSES


def prepare(variant: str) -> Callable[[], tf.Tensor]:
    tf.random.set_seed(0)
    network = TensorflowNetwork(spec)
    velocities = [tf.Variable(tf.zeros_like(parameter)) for parameter in network.parameters]

    @tf.function(jit_compile=variant == "jit_compile")
    def train(images: tf.Tensor, labels: tf.Tensor) -> tf.Tensor:
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(network.parameters)
            losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels, network(images))
            loss = tf.reduce_mean(losses)
        for parameter, velocity, gradient in zip(
            network.parameters, velocities, tape.gradient(loss, network.parameters), strict=True
        ):
            tf.raw_ops.ResourceApplyMomentum(
                var=parameter.handle, accum=velocity.handle, lr=LEARNING_RATE, grad=gradient, momentum=MOMENTUM
            )
        return loss

    return lambda: train(images, labels)


parameters = sum(parameter.shape.num_elements() for parameter in TensorflowNetwork(spec).parameters)
measure_steps(prepare, variants, parameters)
