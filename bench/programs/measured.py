"""How a program measures itself. It prints when it begins and ends, so that the bench can watch the machine's load."""

import json
import math
import time
from collections.abc import Callable, Mapping

MIN_WARM_UPS, WARM_UP_SECONDS = 3, 0.4
MIN_BLOCKS, BLOCK_SECONDS = 4, 0.1
# Of a step that is measured alone; of one of several, half of it.
MEASURED_SECONDS = 1.6
LEARNING_STEPS = 5


def begin() -> None:
    print("begin", flush=True)


def end(**figures: object) -> None:
    print("end " + json.dumps({**figures, "peakMegabytes": peak_megabytes()}), flush=True)


def measure_steps(prepare: Callable[[str], Callable[[], object]], variants: list[str], parameters: int) -> None:
    """Prints milliseconds per step by variant: means of blocks of steps, which end when the last loss is there.

    `prepare` makes a variant's step, which returns the loss: something that `float` waits for and reads. Fails if the
    loss of the fixed batch doesn't fall, because then the step doesn't train.
    """
    seconds = MEASURED_SECONDS if len(variants) == 1 else MEASURED_SECONDS / 2
    milliseconds: dict[str, list[float]] = {}
    failed: dict[str, str] = {}
    for variant in variants:
        try:
            step = prepare(variant)
            warm_up_seconds = warm_up(step)
        except Exception as error:
            failed[variant] = f"{type(error).__name__}: {error}".strip().split("\n")[0][:300]
            continue
        block = max(1, round(BLOCK_SECONDS / warm_up_seconds))
        if not milliseconds:
            begin()
        milliseconds[variant] = measure_blocks(step, block, seconds)
    end(milliseconds=milliseconds, failed=failed, parameters=parameters)


def warm_up(step: Callable[[], object]) -> float:
    """Seconds of the last step."""
    first = float(step())
    losses = [float(step()) for _ in range(LEARNING_STEPS)]
    if not math.isfinite(losses[-1]) or min(losses) >= first:
        raise AssertionError(f"expected the loss to fall from {first}, got {losses}")
    steps, started = 0, time.perf_counter()
    while True:
        last = time.perf_counter()
        float(step())
        steps += 1
        now = time.perf_counter()
        if steps >= MIN_WARM_UPS and now - started >= WARM_UP_SECONDS:
            return now - last


def measure_blocks(step: Callable[[], object], block: int, seconds: float) -> list[float]:
    blocks: list[float] = []
    started = time.perf_counter()
    while len(blocks) < MIN_BLOCKS or time.perf_counter() - started < seconds:
        before = time.perf_counter()
        for _ in range(block):
            loss = step()
        float(loss)
        blocks.append((time.perf_counter() - before) / block * 1000)
    return blocks


def peak_megabytes() -> float:
    with open("/proc/self/status") as status:
        kilobytes = next(line.split()[1] for line in status if line.startswith("VmHWM:"))
    return int(kilobytes) / 1024
