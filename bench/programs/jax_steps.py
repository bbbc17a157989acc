"""Milliseconds per training step in JAX, jitted, with donated buffers: jax_steps.py NETWORK BATCH THREADS VARIANT…

A variant is `jit`.
"""

import json
import math
import sys
from collections.abc import Callable

import jax
import jax.numpy as jnp

from jax_network import forward, initial_weights
from measured import measure_steps
from network_spec import CLASSES, LEARNING_RATE, MOMENTUM

spec, batch, variants = json.loads(sys.argv[1]), int(sys.argv[2]), sys.argv[4:]
images = jax.random.normal(jax.random.key(1), (batch, 32, 32, 3))
labels = jnp.arange(batch) % CLASSES


def loss_of(parameters, buffers, images, labels):
    logits, buffers = forward(spec, parameters, buffers, images)
    picked = jnp.take_along_axis(jax.nn.log_softmax(logits), labels[:, None], axis=1)
    return -picked.mean(), buffers


def train(parameters, buffers, velocities, images, labels):
    (loss, buffers), gradients = jax.value_and_grad(loss_of, has_aux=True)(parameters, buffers, images, labels)
    velocities = jax.tree.map(lambda velocity, gradient: MOMENTUM * velocity + gradient, velocities, gradients)
    parameters = jax.tree.map(lambda parameter, velocity: parameter - LEARNING_RATE * velocity, parameters, velocities)
    return parameters, buffers, velocities, loss


def prepare(_variant: str) -> Callable[[], jax.Array]:
    compiled = jax.jit(train, donate_argnums=(0, 1, 2))
    parameters, buffers = initial_weights(spec)
    state = [parameters, buffers, jax.tree.map(jnp.zeros_like, parameters)]

    def step() -> jax.Array:
        *state[:], loss = compiled(*state, images, labels)
        return loss

    return step


parameters = sum(math.prod(parameter.shape) for parameter in jax.tree.leaves(initial_weights(spec)[0]))
measure_steps(prepare, variants, parameters)
