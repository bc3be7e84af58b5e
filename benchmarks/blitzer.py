"""Blitzer reviews: all four domains are read from one CSV that this script writes; 5-fold accuracy in each domain."""

import csv
import re
import tempfile
from pathlib import Path

from common import cross_fit, need, say

import graft

DOMAINS = ("books", "dvd", "electronics", "kitchen")


def reviews(path: Path) -> list[str]:
    """Give the text of every review of a pseudo-XML file."""
    found = re.findall(r"<review_text>(.*?)</review_text>", path.read_text(encoding="latin-1"), re.DOTALL)
    return [text.strip() for text in found]


def write_csv(path: Path) -> None:
    """Write domain, text and label of all 8,000 reviews to one table."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["domain", "text", "label"])
        for domain in DOMAINS:
            for label in ("negative", "positive"):
                texts = reviews(need(f"text/blitzer/{domain}/{label}.review"))
                writer.writerows([domain, text, label] for text in texts)


def main() -> None:
    """Print the mean accuracy of each domain and of all."""
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / "blitzer.csv"
        write_csv(table)
        dataset = graft.read(table, domain="domain")
        means = {}
        for domain in DOMAINS:
            accuracies = [
                m.scores.accuracy.value for m in cross_fit(dataset.where(dataset.domains == domain)) if m.scores
            ]
            means[domain] = sum(accuracies) / len(accuracies)
            say(data=f"blitzer/{domain}", folds=[round(a, 4) for a in accuracies], accuracy=round(means[domain], 4))
    say(data="blitzer", mean_accuracy=round(sum(means.values()) / len(means), 4))


if __name__ == "__main__":
    main()
