"""A property that is made at its first use and kept.

Python 3.12 took the lock out of `functools.cached_property`: two threads that ask at the same time
may each make a thing, and one of two opened stores is never closed. Invariant: it is made once for
an object, whichever threads ask; a thing whose making failed is made anew by the next who asks.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import cached_property
from typing import Any, Self, TypeVar, overload

Made = TypeVar("Made", covariant=True)


class once(cached_property[Made]):  # noqa: N801 - a decorator, named like the one it stands for
    """`cached_property` with a lock for each property, shared by all objects of the class. What is
    made may ask for other such properties, not for one that asks for it."""

    def __init__(self, make: Callable[[Any], Made]) -> None:
        super().__init__(make)
        self._making = threading.RLock()

    @overload
    def __get__(self, instance: None, owner: type[Any] | None = None) -> Self: ...
    @overload
    def __get__(self, instance: object, owner: type[Any] | None = None) -> Made: ...
    def __get__(self, instance: object, owner: type[Any] | None = None) -> Any:
        with self._making:
            return super().__get__(instance, owner)
