"""Seconds that trials take which do nothing: empty_trials.py ray|ray-reused|optuna TRIALS AT_ONCE FOLDER

Draws one number for each trial and reports it, with what the tool stores by default. A study of one trial runs first, so
that what is started once is not counted, and another one to be subtracted.
"""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path


Study = Callable[[str, int], None]


def ray_tune(at_once: int, folder: Path, reuse_actors: bool) -> Study:
    import ray
    from ray import tune

    def trial(config: dict) -> None:
        tune.report({"score": config["x"]})

    ray.init(
        num_cpus=at_once,
        include_dashboard=False,
        log_to_driver=False,
        logging_level="ERROR",
        _node_ip_address="127.0.0.1",
        _temp_dir=str(folder / "ray"),
    )

    def run(name: str, trials: int) -> None:
        results = tune.Tuner(
            trial,
            param_space={"x": tune.uniform(0, 1)},
            tune_config=tune.TuneConfig(num_samples=trials, metric="score", mode="max", reuse_actors=reuse_actors),
            run_config=tune.RunConfig(name=name, storage_path=str(folder / "results"), verbose=0),
        ).fit()
        complete = sum("score" in result.metrics for result in results)
        if complete != trials:
            raise RuntimeError(f"expected {trials} results, got {complete}")

    return run


def optuna_sqlite(at_once: int, folder: Path) -> Study:
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)

    def run(name: str, trials: int) -> None:
        study = optuna.create_study(
            storage=f"sqlite:///{folder / 'optuna.db'}",
            study_name=name,
            direction="maximize",
            sampler=optuna.samplers.RandomSampler(),
        )
        study.optimize(lambda trial: trial.suggest_float("x", 0, 1), n_trials=trials, n_jobs=at_once)
        complete = len(study.trials)
        if complete != trials:
            raise RuntimeError(f"expected {trials} results, got {complete}")

    return run


def seconds(run: Study, name: str, trials: int) -> float:
    started = time.perf_counter()
    run(name, trials)
    return time.perf_counter() - started


if __name__ == "__main__":
    tool, count, parallel, place = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4])
    study = optuna_sqlite(parallel, place) if tool == "optuna" else ray_tune(parallel, place, tool == "ray-reused")
    study("warm-up", 1)
    one, everything = seconds(study, "one", 1), seconds(study, "all", count)
    # After what the tool prints.
    print("\n" + json.dumps({"one": one, "all": everything}))
