"""TensorFlow's SAME padding: the output has ceil(side / stride) rows, and an odd row is added last."""

import math


def padding(side: int, kernel: int, stride: int) -> tuple[int, int]:
    """Give the rows added before and after: (⌈side / stride⌉ - 1) stride + kernel - side in all, the larger half last.

    >>> padding(224, 3, 2)
    (0, 1)
    """
    total = max((math.ceil(side / stride) - 1) * stride + kernel - side, 0)
    return total // 2, total - total // 2
