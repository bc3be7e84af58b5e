"""Heart disease: learn in two hospitals, predict the third; without its labels, and with twenty of them."""

import argparse
import json

import numpy as np
import pandas as pd
from common import need
from sklearn.compose import make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

import graft

HOSPITALS = ("cleveland", "hungarian", "switzerland")
NAMED = ["cp", "restecg", "slope", "thal"]
NUMBERS = ["age", "sex", "trestbps", "chol", "fbs", "thalach", "exang", "oldpeak", "ca"]
FEW, RESAMPLES = 20, 1000
Scores = dict[str, np.ndarray]


def read_hospitals() -> dict[str, pd.DataFrame]:
    place, tables = need("tabular/heart_disease"), {}
    for name in HOSPITALS:
        table = pd.read_csv(place / f"{name}.csv")
        tables[name] = table.drop(columns="num").assign(disease=np.where(table["num"] > 0, "yes", "no"), hospital=name)
    return tables


def rivals() -> dict[str, object]:
    """Give the two usual pipelines on the raw columns, told what is missing and which columns are categories."""
    fill = make_pipeline(SimpleImputer(strategy="median", keep_empty_features=True), StandardScaler())
    code = OneHotEncoder(handle_unknown="ignore")
    encode = make_column_transformer((fill, NUMBERS), (code, NAMED))
    return {
        "logistic regression": make_pipeline(encode, LogisticRegression(max_iter=2000)),
        "gradient boosting": HistGradientBoostingClassifier(random_state=0),
    }


def by_rival(model: object, learnt: pd.DataFrame, asked: pd.DataFrame) -> np.ndarray:
    plain = [t[NUMBERS + NAMED].replace(-9, np.nan).astype(float) for t in (learnt, asked)]
    return model.fit(plain[0], learnt["disease"]).predict_proba(plain[1])[:, 1]


def by_graft(learnt: pd.DataFrame, asked: pd.DataFrame, budget: str, **words: str) -> tuple[np.ndarray, graft.Model]:
    model = graft.fit(
        learnt, test=asked, target="disease", budget=budget, finetune="never", verdict=False,
        **({"domain": "hospital"} if learnt["hospital"].nunique() > 1 else {"input": NUMBERS + NAMED}), **words,
    )  # fmt: skip
    return model.predict_proba(asked)[:, 1], model


def area(asked: pd.DataFrame, said: np.ndarray) -> float:
    return float(roc_auc_score(asked["disease"] == "yes", said))


def ahead(asked: pd.DataFrame, said: np.ndarray, other: np.ndarray) -> list[float]:
    """Give by how much one area is larger than another, with the ends of the bootstrap's 95 % interval."""
    sick, rng, gaps = (asked["disease"] == "yes").to_numpy(), np.random.default_rng(0), []
    while len(gaps) < RESAMPLES:
        drawn = rng.integers(0, len(sick), len(sick))
        if 0 < sick[drawn].sum() < len(sick):
            gaps.append(roc_auc_score(sick[drawn], said[drawn]) - roc_auc_score(sick[drawn], other[drawn]))
    ends = np.quantile(gaps, [0.025, 0.975])
    return [round(float(v), 4) for v in (area(asked, said) - area(asked, other), *ends)]


def without_labels(tables: dict[str, pd.DataFrame], target: str, budget: str) -> tuple[np.ndarray, pd.DataFrame]:
    learnt = pd.concat([tables[name] for name in HOSPITALS if name != target], ignore_index=True)
    asked = tables[target]
    said, model = by_graft(learnt, asked, budget)
    others = {name: by_rival(model, learnt, asked) for name, model in rivals().items()}
    auroc = model.scores.auroc
    row = {
        "predicted": target,
        "rows": len(asked),
        "graft": [round(v, 4) for v in (auroc.value, auroc.low, auroc.high)],
    }
    row |= {name: round(area(asked, other), 4) for name, other in others.items()}
    row |= {f"ahead of {name}": ahead(asked, said, other) for name, other in others.items()}
    print(json.dumps(row | {"chosen": model.record["chosen"], "seconds": model.record["seconds"]}), flush=True)
    return said, learnt


def with_few(
    tables: dict[str, pd.DataFrame], target: str, learnt: pd.DataFrame, alone: np.ndarray, budget: str, draws: int
) -> dict[str, list[float]]:
    """Give the areas of each draw: of the sources alone, of twenty rows of the target alone, and of both."""
    table, found = tables[target], {"source only": [], "target only": [], "both": []}
    for draw in range(draws):
        rng = np.random.default_rng(draw)
        taken = rng.permutation(len(table))[:FEW]
        while table["disease"].iloc[taken].value_counts().min() < 2 or table["disease"].iloc[taken].nunique() < 2:
            taken = rng.permutation(len(table))[:FEW]
        rest = np.setdiff1d(np.arange(len(table)), taken)
        few, asked = table.iloc[taken], table.iloc[rest]
        own, _ = by_graft(few, asked, budget)
        both, _ = by_graft(pd.concat([learnt, few], ignore_index=True), asked, budget, target_domain=target)
        for name, said in (("source only", alone[rest]), ("target only", own), ("both", both)):
            found[name].append(area(asked, said))
    means = {name: round(float(np.mean(areas)), 4) for name, areas in found.items()}
    print(json.dumps({"predicted": target, "labels": FEW, "draws": draws} | means | gains(found)), flush=True)
    return found


def gains(found: dict[str, list[float]]) -> dict[str, list[float]]:
    """Give how much better both are than each alone, with the standard error over the draws."""
    told = {}
    for name in ("source only", "target only"):
        gap = np.subtract(found["both"], found[name])
        told[f"ahead of {name}"] = [round(float(v), 4) for v in (gap.mean(), gap.std(ddof=1) / np.sqrt(len(gap)))]
    return told


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--budget", default="1m")
    parser.add_argument("--draws", type=int, default=10)
    parser.add_argument("--json", action="store_true", help="JSON lines, which is what is printed anyway")
    wanted = parser.parse_args()
    tables, every = read_hospitals(), {"source only": [], "target only": [], "both": []}
    for target in HOSPITALS:
        alone, learnt = without_labels(tables, target, wanted.budget)
        for name, areas in with_few(tables, target, learnt, alone, wanted.budget, wanted.draws).items():
            every[name] += areas
    means = {name: round(float(np.mean(areas)), 4) for name, areas in every.items()}
    print(json.dumps({"predicted": "all three", "labels": FEW} | means | gains(every)))


if __name__ == "__main__":
    main()
