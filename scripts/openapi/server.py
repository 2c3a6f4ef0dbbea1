"""The servers of a service: where its hosts are, by partition.

As in the published descriptions, each DNS suffix gives two entries, plain http before https, and {region} is a server
variable whose enumeration lists the regions. The partitions that are reached over the public internet under
amazonaws.com and amazonaws.com.cn are described.
"""

PARTITIONS = ("aws", "aws-us-gov", "aws-cn")


def servers(service, prefix, endpoints, host_prefix=""):
    """OpenAPI's Server Objects for a service, from botocore's endpoints data."""
    hosts = {}
    for partition in endpoints["partitions"]:
        if partition["partition"] in PARTITIONS:
            host, regions = location(service, prefix, partition)
            hosts.setdefault(host_prefix + host, []).extend(regions)
    return [server(scheme, host, regions) for host, regions in hosts.items() for scheme in ("http", "https")]


def location(service, prefix, partition):
    """The host of the service in one partition, and the regions for its {region} (none where it has one host)."""
    known = partition["services"].get(prefix) or partition["services"].get(service) or {}
    everywhere = known.get("partitionEndpoint")
    if everywhere and known.get("isRegionalized", True) is False:
        return known["endpoints"][everywhere].get("hostname", f"{prefix}.{partition['dnsSuffix']}"), []
    template = known.get("defaults", {}).get("hostname", partition["defaults"]["hostname"])
    host = template.format(service=prefix, region="{region}", dnsSuffix=partition["dnsSuffix"])
    return host, regions_of(known, partition)


def regions_of(known, partition):
    """Where the data does not know the service, or lists it nowhere, it may be anywhere in the partition."""
    listed = [region for region in known.get("endpoints", {}) if region in partition["regions"]]
    return sorted(listed or partition["regions"])


def server(scheme, host, regions):
    entry = {"url": f"{scheme}://{host}"}
    if regions:
        entry["variables"] = {"region": {"enum": regions, "default": default_region(regions)}}
    return entry


def default_region(regions):
    return "us-east-1" if "us-east-1" in regions else regions[0]
