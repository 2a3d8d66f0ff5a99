"""Waiting for a fact instead of for a time."""

import time


def until(condition, what, within=15.0, every=0.02):
    """Answers the first true value of `condition()`; fails with `what` (a text, or what makes one) when none comes."""
    end = time.monotonic() + within
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"not within {within:g} s: {what() if callable(what) else what}")
        time.sleep(every)


def still(measure, what, within=30.0, quiet=0.4):
    """Answers `measure()` once it has kept its value for `quiet` seconds: for work of others that has no end mark."""
    seen = [measure(), time.monotonic()]

    def unchanged():
        value = measure()
        if value != seen[0]:
            seen[:] = [value, time.monotonic()]
        return time.monotonic() - seen[1] >= quiet

    until(unchanged, what, within)
    return seen[0]
