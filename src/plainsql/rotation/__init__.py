"""Keys that change: values encrypted again with the current one, and how many there are under which."""

from plainsql.rotation.job import Rotation, rotate
from plainsql.rotation.status import KeyCount, count_by_key

__all__ = ["KeyCount", "Rotation", "count_by_key", "rotate"]
