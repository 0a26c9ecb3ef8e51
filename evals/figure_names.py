"""What the figures of marked answers are called where people read them.

Invariant: every figure that the suite `grading` makes has a name here.
"""

from __future__ import annotations

NAMES = {
    "marked": "share of answers that got a mark",
    "r": "r with the markers' mark",
    "spearman": "Spearman's rank correlation",
    "rmse": "RMSE",
    "mae": "MAE",
    "bias": "bias (above 0 is too kind)",
    "qwk": "QWK on quarters",
    "exact_quarters": "same quarter",
    "within_a_quarter": "at most one quarter apart",
    "f1_2way": "macro-F1, correct or not",
    "f1_3way": "macro-F1, three-way",
    "excellent_minus_wrong": "excellent less wrong",
    "excellent_minus_keywords": "excellent less keywords",
    "verdict_accuracy": "verdicts right",
    "verdict_f1": "macro-F1 of verdicts",
    "covered_auc": "AUC covered against contradicted",
    "ece": "ECE of the mark's confidence",
    "aurc": "area under risk-coverage, marks",
    "surest_half": "surest half of marks right",
    "point_ece": "ECE of the verdicts' confidence",
    "point_aurc": "area under risk-coverage, verdicts",
    "point_surest_half": "surest half of verdicts right",
}


LOWEST_IS_BEST = frozenset({"rmse", "mae", "bias", "ece", "aurc", "point_ece", "point_aurc"})


def best_of(metric: str) -> str:
    """The best value that there can be."""
    return "0" if metric in LOWEST_IS_BEST else "1"


def name_of(metric: str) -> str:
    """A figure in words."""
    if metric.startswith("r_rater_"):
        return f"r with marker {metric[8:]} alone"
    return NAMES[metric]
