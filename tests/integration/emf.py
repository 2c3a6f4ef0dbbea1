"""What CloudWatch asks of a line of metrics.

From the Amazon CloudWatch User Guide, "Specification: Embedded metric format", and the API Reference (PutMetricData,
Dimension, MetricDatum): the rules, written as checks.
"""

import re

UNITS = {
    "Seconds", "Microseconds", "Milliseconds", "Bytes", "Kilobytes", "Megabytes", "Gigabytes", "Terabytes", "Bits", "Kilobits",
    "Megabits", "Gigabits", "Terabits", "Percent", "Count", "Bytes/Second", "Kilobytes/Second", "Megabytes/Second",
    "Gigabytes/Second", "Terabytes/Second", "Bits/Second", "Kilobits/Second", "Megabits/Second", "Gigabits/Second",
    "Terabits/Second", "Count/Second", "None",
}
NAMESPACE = re.compile(r"(?!AWS/)(?!:)[A-Za-z0-9._/#: -]{1,255}")
TWO_WEEKS_MS = 14 * 24 * 3600 * 1000
TWO_HOURS_MS = 2 * 3600 * 1000


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 2 ** 360


def check_dimensions(line, dimension_sets):
    assert isinstance(dimension_sets, list) and dimension_sets
    for names in dimension_sets:
        assert isinstance(names, list) and len(names) <= 30 and len(set(names)) == len(names)
        for name in names:
            assert 1 <= len(name) <= 250 and name.isascii() and name.strip() and not name.startswith(":")
            value = line[name]
            assert isinstance(value, str) and 1 <= len(value) <= 1024
            assert value.isascii() and value.isprintable() and value.strip()


def check_metrics(line, metrics):
    assert isinstance(metrics, list) and 1 <= len(metrics) <= 100
    for metric in metrics:
        assert set(metric) <= {"Name", "Unit", "StorageResolution"}
        assert 1 <= len(metric["Name"]) <= 255 and metric["Name"].isascii() and metric["Name"].strip()
        assert metric.get("Unit", "None") in UNITS
        assert metric.get("StorageResolution", 60) in (1, 60)
        assert is_number(line[metric["Name"]])


def check(line, now_ms):
    """The line is one that CloudWatch takes."""
    about = line["_aws"]
    assert set(about) == {"Timestamp", "CloudWatchMetrics"}
    assert isinstance(about["Timestamp"], int)
    assert now_ms - TWO_WEEKS_MS <= about["Timestamp"] <= now_ms + TWO_HOURS_MS
    assert isinstance(about["CloudWatchMetrics"], list) and about["CloudWatchMetrics"]
    names = []
    for directive in about["CloudWatchMetrics"]:
        assert set(directive) == {"Namespace", "Dimensions", "Metrics"}
        assert NAMESPACE.fullmatch(directive["Namespace"]) and directive["Namespace"].strip()
        check_dimensions(line, directive["Dimensions"])
        check_metrics(line, directive["Metrics"])
        names += [metric["Name"] for metric in directive["Metrics"]]
    assert len(names) == len(set(names))
    return {name: line[name] for name in names}
