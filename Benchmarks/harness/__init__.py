"""What the benchmark's scenarios share: processes under measurement, load, AWS clients and reports."""
