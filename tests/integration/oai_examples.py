"""The OpenAPI Initiative's own examples that ship their OpenAPI description: where they lie, what is wrong with them, and the
smallest edits with which they run, each with its reason.

The servers of the descriptions are relative or somebody else's, and operations that are not signed have no other endpoint than
the description's, so the copies of those name the test's server: SERVER in the edits.
"""

import dataclasses
import os
import pathlib

ROOT = pathlib.Path(__file__).resolve().parents[2]
DATA = pathlib.Path(os.environ.get("CONFORMANCE_DATA", ROOT.parent / "shared" / "data")) / "arazzo/oai-examples/1.0.0"


@dataclasses.dataclass
class Edit:
    search: str
    replace: str
    why: str


@dataclasses.dataclass
class Example:
    document: str
    description: str
    edits: list          # of the document
    described: list      # edits of the description; SERVER is the test's
    base: str = ""       # the path of the server's URL
    slip: tuple = None   # the document's first: a text of its line, where in the line, and a part of the message


BNPL = Example("bnpl-arazzo.yaml", "bnpl-openapi.yaml", [
    Edit("https://raw.githubusercontent.com/OAI/Arazzo-Specification/main/examples/1.0.0/bnpl-openapi.yaml",
         "bnpl-openapi.yaml", "descriptions are not fetched; the file lies beside the document"),
    Edit('''payload: | 
        {
          "customer": "{$inputs.customer}",
          "products": "{$inputs.products}"
        }
''', '''payload:
        customer: $inputs.customer#/uri
        products: $inputs.products
''', "an object or array that is embedded in quotes is no JSON, and the API's customer is the URI alone"),
    Edit("$[?count(@.products) > 0]", "$[?count(@.productCodes[*]) > 0]", "the API's list is called productCodes"),
    Edit("$[?count(@.products) == 0]", "$[?count(@.productCodes[*]) == 0]", "the API's list is called productCodes"),
    Edit("eligibleProducts: $response.body#/products", "eligibleProducts: $response.body#/productCodes",
         "the API's list is called productCodes"),
    Edit('''payload: | 
        {
          "enrolledCustomer": "{$inputs.customer#/uri}",
          "newCustomer": "{$steps.createCustomer.outputs.customer}",
          "products": "{$steps.checkLoanCanBeProvided.outputs.eligibleProducts}"
        }
''', '''payload:
        enrolledCustomer: $inputs.customer#/uri
        newCustomer: $steps.createCustomer.outputs.customer
        products: $steps.checkLoanCanBeProvided.outputs.eligibleProducts
        totalAmount: $steps.checkLoanCanBeProvided.outputs.totalLoanAmount
''', "an array in quotes is no JSON, one of the two customers is always absent, and the API requires totalAmount"),
    Edit("- name: redirectAuthToken", "- name: AuthorizationToken", "the API's parameter is called AuthorizationToken"),
    Edit("$steps.authenticateCustomerAndAuthorizeLoan.outputs.redirectAuthToken",
         "$steps.initiateBnplTransaction.outputs.redirectAuthToken", "the step reads an output that it does not have"),
    Edit("loanTransactionResourceUrl: $response.body#/links/self",
         "loanTransactionId: $response.body#/loanTransactionId", "two steps read loanTransactionId, which no step declares"),
    Edit('{ "loanStatus": "Completed" }', '{ "status": "Completed" }', "the API's member is called status"),
    Edit("$steps.retrieveFinalizedPaymentPlan.finalizedPaymentPlan",
         "$steps.retrieveFinalizedPaymentPlan.outputs.finalizedPaymentPlan", "'.outputs.' is missing"),
], [Edit("- url: /bnpl/v1", "- url: SERVER", "the server is relative to nothing"),
    Edit("      additionalProperties: false\n    CustomerUri:", "    CustomerUri:",
         "createCustomer's body is this schema and one member more: no body fits both while this one is closed")], "/bnpl/v1",
    ("url: https://raw", "https://", "bnpl-openapi.yaml"))

PETS = Example("pet-coupons.arazzo.yaml", "pet-coupons.openapi.yaml", [
    Edit("- name: pet_tags\n", "- name: tags\n", "the API's parameter is called tags"),
    Edit("- name: pet_id\n            in: path", "- name: petId\n            in: path", "the API's parameter is called petId"),
], [Edit("tags:\n  - name: pet\n", "servers: [{url: SERVER}]\ntags:\n  - name: pet\n", "the description has no servers")],
    slip=("- name: pet_id\n            in: path", "", "pet_id"))

OAUTH = Example("oauth.arazzo.yaml", "oauth.openapi.yaml", [
    Edit("            grant_type: refresh_token\n", "            grant_type: refresh_token\n            client_id: $inputs.my_client_id\n",
         "the API requires client_id"),
], [Edit("https://auth.example.com", "SERVER", "somebody else's server")])

PAR = Example("FAPI-PAR.arazzo.yaml", "FAPI-PAR.openapi.yaml", [
    Edit("$sourceDescriptions.auth-api.PAR", "$sourceDescriptions.auth-api.Par", "the API's operationId is Par"),
], [Edit("- url: https://api.uat.example.com/\n", "- url: SERVER\n", "somebody else's server"),
    Edit("- url: https://api.example.com\n", "- url: SERVER\n", "somebody else's server"),
    Edit("oneOf:\n                  - $ref: '#/components/schemas/TokenClientCredsResponse'",
         "anyOf:\n                  - $ref: '#/components/schemas/TokenClientCredsResponse'",
         "whatever fits the one answer fits the other, so that none fits exactly one")],
    slip=("operationId: $sourceDescriptions.auth-api.PAR", "$sourceDescriptions", "PAR"))

EXAMPLES = {"bnpl": BNPL, "pet-coupons": PETS, "oauth": OAUTH, "fapi-par": PAR}


def edited(name, edits, server=""):
    text = (DATA / name).read_text()
    for edit in edits:
        assert text.count(edit.search) == 1, f"{name}: {edit.search!r} is not there once"
        text = text.replace(edit.search, edit.replace)
    return text.replace("SERVER", server)


def write(folder, example, edits, double):
    (folder / example.document).write_text(edited(example.document, edits))
    (folder / example.description).write_text(edited(example.description, example.described, double.server))
    return folder
