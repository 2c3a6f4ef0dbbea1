"""The protocols that services of AWS speak, and what differs between them in a description.

A model names one protocol, or several in the order of preference; the first of them that is known here is described.
smithy-rpc-v2-cbor is not: its bodies are binary. Every service that speaks it speaks another one too.
"""

import dataclasses

from .refusal import Refusal


@dataclasses.dataclass(frozen=True)
class Protocol:
    name: str               # botocore's, and x-aws-protocol's
    request_type: str       # the media type of a body that is described by a schema
    response_type: str
    time: str               # timestampFormat of a time in a body that does not say its own
    is_rest: bool = False   # method, path, query and headers carry members; else one path for all, told apart by a name
    is_xml: bool = False    # answers are XML: names on the wire are XML's


KNOWN = {protocol.name: protocol for protocol in (
    Protocol("rest-json", "application/json", "application/json", "unixTimestamp", is_rest=True),
    Protocol("rest-xml", "application/xml", "application/xml", "iso8601", is_rest=True, is_xml=True),
    Protocol("json", "application/x-amz-json-1.1", "application/x-amz-json-1.1", "unixTimestamp"),
    Protocol("query", "application/x-www-form-urlencoded", "text/xml", "iso8601", is_xml=True),
    Protocol("ec2", "application/x-www-form-urlencoded", "text/xml", "iso8601", is_xml=True),
)}
# Version 4 signs all of them; S3's older names mean it, too.
SIGNATURES = ("v4", "s3", "s3v4", "bearer")


def of_service(service, metadata):
    """The protocol that the description of a service is written for."""
    spoken = metadata.get("protocols", [metadata["protocol"]])
    known = [KNOWN[name] for name in spoken if name in KNOWN]
    if not known:
        raise Refusal(f"'{service}' speaks {' and '.join(spoken)}; what can be described is {', '.join(KNOWN)}. "
                      "Use the description that is published for it")
    if metadata.get("signatureVersion", "v4") not in SIGNATURES:
        raise Refusal(f"'{service}' takes only requests signed with version {metadata['signatureVersion'].lstrip('v')} "
                      "of AWS's signature, which is not made here: there is no other way to call it")
    if known[0].name != "json":
        return known[0]
    media_type = f"application/x-amz-json-{metadata['jsonVersion']}"
    return dataclasses.replace(known[0], request_type=media_type, response_type=media_type)
