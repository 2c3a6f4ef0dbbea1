"""Compares our hosts with botocore's, for every service, region and variant (plain, dual-stack, FIPS, both) that it knows.

botocore has two sources: the endpoint rules of each service (what AWS's SDKs use today), and the older table endpoints.json
behind EndpointResolver. Ours is made from the rules of one version (scripts/aws-endpoints); versions differ, and the table is
coarser than the rules. Each difference has to be one of differences.json, which says why it is there.
"""

import collections
import importlib.machinery
import importlib.util
import json
import os
import pathlib
import subprocess

import botocore.exceptions
import botocore.session
import pytest

HERE = pathlib.Path(__file__).resolve().parent
REPOSITORY = HERE.parents[2]
DIFFERENCES = json.loads((HERE / "differences.json").read_text())


def generator():
    """scripts/aws-endpoints as a module."""
    loader = importlib.machinery.SourceFileLoader("aws_endpoints", str(REPOSITORY / "scripts" / "aws-endpoints"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("aws_endpoints", loader))
    loader.exec_module(module)
    return module


MAKER = generator()
DUAL_STACK = {name: each["outputs"]["dualStackDnsSuffix"] for name, each in MAKER.partitions_of().items()}


def ours(queries):
    path = pathlib.Path(os.environ.get("ARAZZO_BUILD", REPOSITORY / "build" / "dev")) / "endpoint_lines"
    if not path.exists():
        pytest.fail(f"{path} is not built; set ARAZZO_BUILD to the build folder")
    lines = "".join(json.dumps(dict(zip(("prefix", "region", "variant"), query))) + "\n" for query in queries)
    done = subprocess.run([path], input=lines, capture_output=True, text=True, check=True, timeout=120)
    return [json.loads(line) for line in done.stdout.splitlines()]


def regions():
    for partition in MAKER.partitions_of().values():
        for region in partition["regions"]:
            if "global" not in region:
                yield partition["id"], region


@pytest.fixture(scope="module")
def services():
    """(prefix, metadata, rules, provider) of each service."""
    return [(MAKER.host_prefix(metadata, rules, provider), metadata, rules, provider)
            for _name, metadata, rules, provider in MAKER.load()]


def is_explained(kind, prefix, partition, variant):
    for entry in DIFFERENCES[kind]:
        if (prefix in entry["prefixes"] or "*" in entry["prefixes"]) and \
                partition in entry.get("partitions", [partition]) and \
                MAKER.VARIANTS[variant] in entry.get("variants", [MAKER.VARIANTS[variant]]):
            return True
    return False


def said(wanted):
    """The prefixes whose hosts are all under the dual-stack suffix: their descriptions have such hosts to begin with."""
    plain = {key[1] for key in wanted if key[3] == 0}
    return plain - {key[1] for key, (host, _) in wanted.items()
                    if key[3] == 0 and not host.endswith("." + DUAL_STACK[key[0]])}


def assert_explained(kind, wanted):
    """`wanted` maps (partition, prefix, region, variant) to (host, signing region or None)."""
    dual_stack = said(wanted)
    answers = ours([(prefix, region, variant | (prefix in dual_stack)) for _, prefix, region, variant in wanted])
    unexplained, different = [], 0
    for (key, (host, region)), answer in zip(wanted.items(), answers):
        if answer["host"] != host or region not in (None, answer["region"]):
            different += 1
            if not is_explained(kind, key[1], key[0], key[3]):
                unexplained.append(f"{key}: {answer['host']} {answer['region']}, botocore: {host} {region}")
    print(f"{kind}: {len(wanted)} hosts, {different} different")
    assert not unexplained, f"{len(unexplained)} of {len(wanted)}:\n" + "\n".join(unexplained[:40])
    assert different < len(wanted) // 10


def test_hosts_are_those_of_the_endpoint_rules(services):
    wanted = {}
    for prefix, _metadata, rules, provider in services:
        for partition, region in regions():
            for variant in MAKER.VARIANTS:
                answer = MAKER.resolve(rules, provider, region, variant)
                if answer:
                    wanted[partition, prefix, region, variant] = answer
    assert len(wanted) > 30000
    assert_explained("rules", wanted)


def constructed(resolver, service, region, variant):
    """By the table; None when it has no such variant."""
    try:
        return resolver.construct_endpoint(service, region, use_dualstack_endpoint=bool(variant & 1),
                                           use_fips_endpoint=bool(variant & 2))
    except botocore.exceptions.EndpointVariantError:
        return None


def test_hosts_are_those_of_the_endpoint_resolver():
    resolver = botocore.session.Session().get_component("endpoint_resolver")
    wanted = {}
    for partition, region in regions():
        for service in services_of_table(partition):
            for variant in MAKER.VARIANTS:
                answer = constructed(resolver, service, region, variant)
                if answer:
                    scope = answer.get("credentialScope", {}).get("region")
                    wanted[partition, service, region, variant] = (answer["hostname"], scope)
    assert len(wanted) > 10000
    assert_explained("table", wanted)


def services_of_table(partition):
    data = botocore.session.Session().get_component("data_loader").load_data("endpoints")
    for each in data["partitions"]:
        if each["partition"] == partition:
            return list(each["services"])
    return []


def test_names_of_services(services):
    prefixes = collections.defaultdict(set)
    for prefix, metadata, _rules, _provider in services:
        prefixes[prefix].add((metadata.get("signingName", metadata["endpointPrefix"]), metadata["serviceId"]))
    for (prefix, names), answer in zip(prefixes.items(), ours([(prefix, "us-east-1", 0) for prefix in prefixes])):
        accepted = set(answer["ids"]) | {MAKER.canonical(answer["signingName"])}
        for signing_name, service_id in names:
            if not is_explained("names", prefix, None, 0):
                assert answer["signingName"] == signing_name, prefix
                assert MAKER.canonical(service_id) in accepted, prefix
