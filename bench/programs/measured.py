"""How a program measures itself. It prints when it begins and ends, so that the bench can watch the machine's load."""

import json
import time
from collections.abc import Callable

MIN_WARM_UPS, WARM_UP_SECONDS = 3, 0.5
MIN_BLOCKS, BLOCK_SECONDS, MEASURED_SECONDS = 5, 0.1, 2.0


def begin() -> None:
    print("begin", flush=True)


def end(**figures: object) -> None:
    print("end " + json.dumps({**figures, "peakMegabytes": peak_megabytes()}), flush=True)


def measure_steps(step: Callable[[], object]) -> None:
    """Prints milliseconds per step: means of blocks of steps."""
    steps, started = 0, time.perf_counter()
    while steps < MIN_WARM_UPS or time.perf_counter() - started < WARM_UP_SECONDS:
        last = time.perf_counter()
        step()
        steps += 1
    block = max(1, round(BLOCK_SECONDS / (time.perf_counter() - last)))

    begin()
    blocks: list[float] = []
    started = time.perf_counter()
    while len(blocks) < MIN_BLOCKS or time.perf_counter() - started < MEASURED_SECONDS:
        before = time.perf_counter()
        for _ in range(block):
            step()
        blocks.append((time.perf_counter() - before) / block * 1000)
    end(milliseconds=blocks)


def peak_megabytes() -> float:
    with open("/proc/self/status") as status:
        kilobytes = next(line.split()[1] for line in status if line.startswith("VmHWM:"))
    return int(kilobytes) / 1024
