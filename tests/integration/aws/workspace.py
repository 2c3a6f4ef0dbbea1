"""A folder with the workflows of tests/data/aws and the descriptions that they need.

A workflow names its sources by botocore's names of services. The description of a source is generated here and now,
with the operations that the workflow calls, by the Python that has moto: its botocore is the one that moto answers by.
One that stands in tests/data/aws is taken as it is.
"""

import pathlib
import subprocess

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[3]
WORKFLOWS = ROOT / "tests" / "data" / "aws"
GENERATOR = ROOT / "scripts" / "generate-openapi"


def called(document):
    """Source name -> names of the operations that a document calls; a plain name belongs to its only source."""
    sources = {source["name"]: set() for source in document["sourceDescriptions"]}
    for workflow in document["workflows"]:
        for step in workflow["steps"]:
            source, name = step_target(step["operationId"], sources)
            sources[source].add(name)
    return sources


def step_target(operation_id, sources):
    """"$sourceDescriptions.NAME.OPERATION", or an operation of the only source."""
    if operation_id.startswith("$sourceDescriptions."):
        _, source, name = operation_id.split(".")
        return source, name
    [source] = sources
    return source, operation_id


class Workspace:
    """Files are made when they are first asked for."""

    def __init__(self, folder, program):
        self.folder = folder
        self.program = program

    def document(self, name):
        """The name of the file of a workflow, which stands beside its descriptions."""
        file = f"{name}.arazzo.yaml"
        if not (self.folder / file).exists():
            text = (WORKFLOWS / file).read_text()
            document = yaml.safe_load(text)
            operations = called(document)
            for source in document["sourceDescriptions"]:
                self._describe(source, operations[source["name"]])
            (self.folder / file).write_text(text)
        return file

    def whole(self, service):
        """The name of a copy of the service's workflow whose source is described with all of its operations."""
        name = f"{service}-whole"
        path = self.folder / f"{name}.openapi.yaml"
        if not path.exists():
            self.generate(service, path)
            text = (WORKFLOWS / f"{service}.arazzo.yaml").read_text()
            (self.folder / f"{name}.arazzo.yaml").write_text(text.replace(f"{service}.openapi.yaml", path.name))
        return name

    def _describe(self, source, operations):
        path = self.folder / source["url"]
        assert not path.exists(), f"two workflows share {path.name}: give each a file name of its own"
        written = WORKFLOWS / source["url"]
        if written.exists():
            path.write_text(written.read_text())
        else:
            self.generate(source["name"], path, "--operations", ",".join(sorted(operations)))

    def generate(self, service, path, *options):
        subprocess.run([self.program, "-B", str(GENERATOR), service, *options, "-o", str(path)], check=True)
