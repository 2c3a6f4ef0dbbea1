"""Reads template.yaml as CloudFormation would: short forms of functions become long ones, and what can be known is filled in."""

import json
import pathlib
import re

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
TEMPLATE = ROOT / "template.yaml"
STACK = "arazzo"
REGION = "eu-west-1"
ACCOUNT = "123456789012"
PARAMETERS = {
    "ImageRecipeArn": f"arn:aws:imagebuilder:{REGION}:{ACCOUNT}:image-recipe/web/1.0.0",
    "InfrastructureConfigurationArn": f"arn:aws:imagebuilder:{REGION}:{ACCOUNT}:infrastructure-configuration/small",
}
PSEUDO = {
    "AWS::Partition": "aws", "AWS::Region": REGION, "AWS::AccountId": ACCOUNT, "AWS::StackName": STACK,
    "AWS::StackId": f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/{STACK}/0a1b2c3d-0000-4000-8000-000000000000",
}
NO_VALUE = object()


class Loader(yaml.SafeLoader):
    """YAML with CloudFormation's tags."""


def construct_function(loader, suffix, node):
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
        value = value.split(".", 1) if suffix == "GetAtt" else value
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    return {suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}": value}


Loader.add_multi_constructor("!", construct_function)


class Template:
    """A template's text; `parameters`, `resources`, `outputs` as written."""

    def __init__(self, text):
        self.document = yaml.load(text, Loader)
        self.parameters = self.document["Parameters"]
        self.conditions = self.document["Conditions"]
        self.resources = self.document["Resources"]
        self.outputs = self.document["Outputs"]

    def of_type(self, kind):
        return {name: resource["Properties"] for name, resource in self.resources.items() if resource["Type"] == kind}

    def resolver(self, **given):
        values = {name: parameter.get("Default") for name, parameter in self.parameters.items()}
        values = {**values, **PARAMETERS, **PSEUDO, **given}
        lists = {name: values[name].split(",") for name, parameter in self.parameters.items()
                 if parameter["Type"] == "CommaDelimitedList"}
        return Resolver(self.conditions, {**values, **lists})

    def resolve(self, value, **given):
        """The value with its functions carried out; an attribute of a resource becomes "<Resource.Attribute>"."""
        return self.resolver(**given).value(value)

    def deployed(self, kind=None, **given):
        """What a stack with these parameters has, resolved: the properties of its resources, or of those of a kind, by name."""
        resolver = self.resolver(**given)
        return {name: resolver.value(resource.get("Properties", {})) for name, resource in self.resources.items()
                if resolver.holds(resource) and kind in (None, resource["Type"])}

    def shown(self, **given):
        """The outputs that a stack with these parameters has, by name."""
        resolver = self.resolver(**given)
        return {name: resolver.value(output)["Value"] for name, output in self.outputs.items() if resolver.holds(output)}


class Resolver:
    def __init__(self, conditions, values):
        self.conditions = conditions
        self.values = values

    def value(self, given):
        if isinstance(given, list):
            return [each for each in map(self.value, given) if each is not NO_VALUE]
        if not isinstance(given, dict):
            return given
        if len(given) == 1:
            (name, argument), = given.items()
            if name == "Ref":
                return self.reference(argument)
            if name == "Condition" and isinstance(argument, str):
                return self.condition(argument)
            if name.startswith("Fn::"):
                return getattr(self, "do_" + name[4:].lower())(argument)
        made = {name: self.value(each) for name, each in given.items()}
        return {name: each for name, each in made.items() if each is not NO_VALUE}

    def reference(self, name):
        return NO_VALUE if name == "AWS::NoValue" else self.values.get(name, f"<{name}>")

    def condition(self, name):
        return self.value(self.conditions[name])

    def holds(self, entry):
        """Whether a resource or an output is there."""
        return "Condition" not in entry or self.condition(entry["Condition"])

    def do_getatt(self, argument):
        return f"<{'.'.join(argument)}>"

    def do_sub(self, argument):
        text, more = (argument, {}) if isinstance(argument, str) else argument
        inner = {name: self.value(each) for name, each in more.items()}
        return re.sub(r"\$\{([^!}]+)\}", lambda match: str(inner.get(match[1], self.reference(match[1]))), text)

    def do_select(self, argument):
        return self.value(argument[1])[int(argument[0])]

    def do_split(self, argument):
        return self.value(argument[1]).split(argument[0])

    def do_join(self, argument):
        return argument[0].join(self.value(argument[1]))

    def do_if(self, argument):
        name, yes, no = argument
        return self.value(yes if self.condition(name) else no)

    def do_not(self, argument):
        return not self.value(argument[0])

    def do_and(self, argument):
        return all(map(self.value, argument))

    def do_or(self, argument):
        return any(map(self.value, argument))

    def do_equals(self, argument):
        first, second = map(self.value, argument)
        return first == second


def definition(name="run-workflow"):
    """A state machine's text."""
    return (ROOT / f"statemachine/{name}.asl.json").read_text()


def sample(name):
    return json.loads((ROOT / "events" / name).read_text())
