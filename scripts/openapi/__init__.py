"""From a botocore service model to an OpenAPI 3.1 document: the parts of scripts/generate-openapi."""
