"""One file per comparison; each has `run(settings)`, which returns a report."""
