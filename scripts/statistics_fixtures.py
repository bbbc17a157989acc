"""Writes test/study/statistics/scipy.json: what SciPy and statsmodels say, for the tests of study/statistics/.

    python -m venv /tmp/statistics && /tmp/statistics/bin/pip install numpy==2.4.6 scipy==1.17.1 statsmodels==0.14.6
    /tmp/statistics/bin/python scripts/statistics_fixtures.py
"""

import json
from importlib.metadata import version
from pathlib import Path

import numpy as np
from scipy import special, stats
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

OUTPUT = Path(__file__).parent.parent / "test/study/statistics/scipy.json"
RANDOM = np.random.default_rng(15)


def rounded(count, low, high, digits):
    return [round(float(value), digits) for value in RANDOM.uniform(low, high, count)]


def normal():
    z = [-37.0, -12.0, -6.0, -3.6, -3.5, -3.4, -2.0, -0.3, 0.0, 0.7, 3.0, 3.5, 5.0, 8.0]
    p = [1e-300, 1e-12, 0.001, 0.025, 0.2, 0.7, 0.975, 0.999999]
    pairs = [[-1.0, 2.0], [2.0, 2.1], [-9.0, -8.0], [7.5, 9.0], [-0.001, 0.001]]
    between = [float(stats.norm.sf(a) - stats.norm.sf(b) if a > 0 else stats.norm.cdf(b) - stats.norm.cdf(a)) for a, b in pairs]
    return {
        "below": [[each, float(stats.norm.cdf(each))] for each in z],
        "quantile": [[each, float(stats.norm.ppf(each))] for each in p],
        "between": [[*pair, value] for pair, value in zip(pairs, between)],
    }


def beta():
    cases = [[0.5, 1, 1], [0.5, 12, 30], [0.01, 0.5, 0.5], [0.99, 0.5, 3.5], [0.8, 8000, 2001], [0.5, 450, 501], [0.3, 2, 40]]
    shares = [[0.025, 8000, 2001], [0.975, 8001, 2000], [0.025, 1, 20], [0.05, 1.5, 0.5], [0.5, 3, 4]]
    return {
        "below": [[*case, float(special.betainc(case[1], case[2], case[0]))] for case in cases],
        "quantile": [[*case, float(special.betaincinv(case[1], case[2], case[0]))] for case in shares],
    }


def student():
    cases = [[0.0, 3], [1.0, 1], [2.5, 2], [4.3, 4], [12.0, 29], [0.1, 100]]
    limits = [[0.05, 1], [0.05, 2], [0.2, 4], [0.001, 9], [0.05, 99]]
    return {
        "twoSided": [[t, df, float(2 * stats.t.sf(t, df))] for t, df in cases],
        "critical": [[p, df, float(stats.t.isf(p / 2, df))] for p, df in limits],
    }


def mcnemar_tests():
    cases = [(0, 0), (0, 1), (3, 3), (1, 9), (30, 12), (120, 95), (480, 420), (700, 520)]
    return [[b, c, float(mcnemar([[50, b], [c, 20]], exact=True).pvalue)] for b, c in cases]


def corrections():
    cases = [[0.04], [0.01, 0.04, 0.03, 0.005], [0.5, 0.6, 0.9], [0.02, 0.02, 0.02], rounded(7, 0, 0.2, 4)]
    return [{"p": case, "corrected": [float(each) for each in multipletests(case, method="holm")[1]]} for case in cases]


def accuracies():
    cases = [(0, 10, 0.95), (10, 10, 0.95), (5, 10, 0.9), (181, 500, 0.95), (8818, 10_000, 0.95), (9_999, 10_000, 0.99)]
    interval = lambda case, method: [float(each) for each in proportion_confint(case[0], case[1], 1 - case[2], method)]
    return [[*case, interval(case, "wilson"), interval(case, "beta")] for case in cases]


def pairs():
    cases = [([60.1, 61.0], [61.2, 61.4]), (rounded(3, 60, 62, 2), rounded(3, 61, 63, 2)), (rounded(10, 60, 62, 2), rounded(10, 60, 62, 2))]
    answers = []
    for first, second in cases:
        test = stats.ttest_rel(second, first)
        interval = test.confidence_interval(0.95)
        answers.append({"first": first, "second": second, "p": float(test.pvalue), "interval": [float(interval.low), float(interval.high)]})
    return answers


def ranks():
    cases = [(rounded(30, 0, 1, 3), rounded(30, 0, 1.2, 3)), (rounded(12, 0, 1, 1), rounded(9, 0, 1, 1)), ([1.0, 2.0, 3.0], [4.0, 5.0, 6.0])]
    test = lambda a, b: float(stats.mannwhitneyu(a, b, alternative="greater", method="asymptotic").pvalue)
    return [{"greater": a, "than": b, "p": test(a, b)} for a, b in cases]


def bootstraps():
    """Images that only the first, or only the second run gets right; of how many; and the interval of the difference."""
    answers = []
    for only_first, only_second, images in [(40, 75, 1000), (5, 5, 200), (0, 3, 50)]:
        differences = np.repeat([-1, 1, 0], [only_first, only_second, images - only_first - only_second])
        drawn = stats.bootstrap((differences,), np.mean, method="percentile", n_resamples=50_000, rng=RANDOM, batch=1000)
        interval = drawn.confidence_interval
        answers.append([only_first, only_second, images, float(interval.low), float(interval.high)])
    return answers


OUTPUT.write_text(
    json.dumps(
        {
            "made": f"by scripts/statistics_fixtures.py with SciPy {version('scipy')} and statsmodels {version('statsmodels')}",
            "normal": normal(),
            "beta": beta(),
            "student": student(),
            "mcnemar": mcnemar_tests(),
            "holm": corrections(),
            "accuracy": accuracies(),
            "paired": pairs(),
            "mannWhitney": ranks(),
            "bootstrap": bootstraps(),
        },
        indent=2,
    )
    + "\n"
)
