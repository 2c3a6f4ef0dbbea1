"""Prints what the SAM translator makes of a template, as JSON: {"template": …} or {"error": …}.

Run by a Python that has samtranslator: translate.py TEMPLATE PARAMETERS, the parameters as a JSON object. The function's code is
given an address, as `sam package` does; of managed policies there are none.
"""

import json
import os
import sys

from samtranslator.model.exceptions import InvalidDocumentException
from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

CODE = "s3://bucket/code-"


class NoManagedPolicies:
    def load(self):
        return {}


def main():
    path, parameters = sys.argv[1], json.loads(sys.argv[2])
    with open(path, encoding="utf-8") as file:
        template = yaml_parse(file.read())
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = CODE + os.environ.get("CODE", "1")
    try:
        print(json.dumps({"template": transform(template, parameters, NoManagedPolicies())}))
    except InvalidDocumentException as error:
        print(json.dumps({"error": error.message + "; ".join(cause.message for cause in error.causes)}))


main()
