"""What people have, read into a Dataset, and the checks on it."""

from graft.data.dataset import Dataset, Skipped
from graft.data.read import read

__all__ = ["Dataset", "Skipped", "read"]
