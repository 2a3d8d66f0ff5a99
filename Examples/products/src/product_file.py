"""The products by id, kept in one JSON file that several copies of the function may share.

The file is only ever replaced as a whole, so a reader needs no lock and never sees half a change; writers take turns
by a lock on a second file, because a lock on the first would stay with the version that was replaced.
"""

import fcntl
import json
import os
import tempfile
from contextlib import contextmanager
from pathlib import Path


def path():
    return Path(os.environ.get("PRODUCTS_FILE") or Path(tempfile.gettempdir(), "products.json"))


def read():
    try:
        return json.loads(path().read_text())
    except FileNotFoundError:
        return {}


@contextmanager
def changing():
    """The products to change in place; they are written when the block ends, unless it fails or changes nothing."""
    with open(f"{path()}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        products = read()
        before = json.dumps(products)
        yield products
        after = json.dumps(products)
        if after != before:
            replace(after)


def replace(text):
    target = path()
    handle, draft = tempfile.mkstemp(prefix=f"{target.name}.", dir=target.parent)
    try:
        with os.fdopen(handle, "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, target)
    except BaseException:
        os.unlink(draft)
        raise
