"""Few labels and a batch of queries: functions that let unlabelled queries help one another.

Each takes `support` (n, D), `labels` (n,) class numbers 0 … K - 1 with every class present, and `queries` (m, D), and
gives the (m, K) class probabilities of the queries. They keep nothing: another batch is another answer. Where classes
are not equally frequent among the queries, `laplacian` alone does not lose by it much
(`benchmarks/few_shot_photos.py --uneven`).
"""

from graft.heads.transductive.table import TRANSDUCTIVE

__all__ = ["TRANSDUCTIVE"]
