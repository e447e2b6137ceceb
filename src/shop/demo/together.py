"""Jobs in threads that stop together: when one fails, and at Ctrl-C."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from threading import Event
from typing import TypeVar

T = TypeVar("T")


def together(*jobs: Callable[[Event], T]) -> list[T]:
    """
    Run *jobs* at the same time and return what they return, in order.

    Each job gets an event that says stop, and looks at it between its steps: it is set when another job has failed or
    this thread is interrupted. The first failure is raised.
    """
    stop = Event()
    with ThreadPoolExecutor(len(jobs)) as pool:
        futures = [pool.submit(job, stop) for job in jobs]
        try:
            done, _ = wait(futures, return_when=FIRST_EXCEPTION)
            for future in done:
                future.result()
            return [future.result() for future in futures]
        except BaseException:
            stop.set()
            raise
