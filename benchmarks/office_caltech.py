"""Office-Caltech within a domain: 5-fold accuracy with nothing chosen, and the mean over three domains."""

from common import cross_fit, need, say

import graft


def main() -> None:
    """Print the mean accuracy of each domain and of all."""
    means = {}
    for domain in ("amazon", "webcam", "dslr"):
        dataset = graft.read(need("images/office_caltech") / domain)
        accuracies = [m.scores.accuracy.value for m in cross_fit(dataset) if m.scores]
        means[domain] = sum(accuracies) / len(accuracies)
        say(data=f"office_caltech/{domain}", folds=[round(a, 4) for a in accuracies], accuracy=round(means[domain], 4))
    say(data="office_caltech", mean_accuracy=round(sum(means.values()) / len(means), 4))


if __name__ == "__main__":
    main()
