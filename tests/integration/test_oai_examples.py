"""The OpenAPI Initiative's own examples, end to end: each that ships its OpenAPI description runs against a server that answers
by it, through the bootstrap, looped as Step Functions does, and through `arazzo run`.

The files are read from the folder of the conformance data. Some have slips with which nobody can run them: those are refused
before the first request, at the place of the first; then the edits of oai_examples.py are applied to a copy, which runs.
"""

import json

import pytest

from contract import check_refusal, check_response
from oai_examples import BNPL, DATA, EXAMPLES, OAUTH, PAR, PETS, edited, write
from openapi_double import OpenApiDouble

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason=f"the conformance data is not here: {DATA} (CONFORMANCE_DATA)")


@pytest.fixture(scope="module")
def _examples(tmp_path_factory):
    """The double and the folder of each example, made when first asked for."""
    made = {}

    def get(name):
        if name not in made:
            example, folder = EXAMPLES[name], tmp_path_factory.mktemp(name)
            (folder / "double.yaml").write_text(edited(example.description, example.described))
            double = OpenApiDouble(folder / "double.yaml", example.base)
            double.__enter__()
            made[name] = (double, write(folder, example, example.edits, double))
        return made[name]
    yield get
    for double, _ in made.values():
        double.__exit__()


@pytest.fixture
def opened(_examples):
    """A function that gives the double of an example, fresh; at the end its violations fail the test."""
    used = []

    def get(name):
        double, folder = _examples(name)
        double.forget()
        used.append(double)
        return double, folder
    yield get
    for double in used:
        assert double.violations == []


def by_function(emulator, folder, document, event):
    """As Step Functions does: each response is the next event, until the run is over."""
    aws = emulator({"ARAZZO_DOCUMENT": document, "AWS_REGION": None}, task_root=str(folder))
    results = aws.run(event)
    for result in results:
        assert not result.function_error, result.payload
        check_response(result.payload)
    return results[-1].payload


def by_command(arazzo, folder, document, event):
    done = arazzo("run", folder / document, "--workflow", event["workflowId"], "--inputs", json.dumps(event["inputs"]),
                  "--poll-seconds", "0")
    assert done.exit_status in (0, 1), done.stderr
    assert done.stdout, done.stderr
    return check_response(done.json)


@pytest.fixture(params=["bootstrap", "command"])
def run(request, emulator, arazzo):
    def go(folder, document, workflow, inputs):
        event = {"workflowId": workflow, "inputs": inputs}
        if request.param == "command":
            return by_command(arazzo, folder, document, event)
        return by_function(emulator, folder, document, event)
    return go


# ---- as published ----

@pytest.mark.parametrize("name", [name for name, example in EXAMPLES.items() if example.slip])
def test_slips_are_refused_before_any_request(emulator, arazzo, opened, tmp_path, name):
    example = EXAMPLES[name]
    double, _ = opened(name)
    write(tmp_path, example, [], double)
    search, value, part = example.slip
    text = (DATA / example.document).read_text()
    at = text.index(search)
    line = text.count("\n", 0, at) + 1
    where = f"{example.document}:{line}:"
    if value:
        where += f"{text.index(value, at) - text.rfind(chr(10), 0, at)}:"
    done = arazzo("run", tmp_path / example.document, "--inputs", "{}")
    assert (done.exit_status, done.stdout) == (1, "")
    assert where in done.stderr and part in done.stderr
    aws = emulator({"ARAZZO_DOCUMENT": example.document, "AWS_REGION": None}, task_root=str(tmp_path))
    check_refusal(aws.invoke({"inputs": {}}), "Arazzo.InvalidDocument", where, part)
    assert double.called() == []


def test_a_request_that_lacks_what_the_form_requires(arazzo, opened, tmp_path):
    """The published refresh runs: what a form's schema requires is the server's to say. This one's description says it."""
    double, _ = opened("oauth")
    write(tmp_path, OAUTH, [], double)
    script_oauth(double)
    response = by_command(arazzo, tmp_path, OAUTH.document, {"workflowId": "refresh-token-flow", "inputs": REFRESH})
    assert response["status"] == "SUCCEEDED"
    assert double.violations == ["get-token: the body : 'client_id' is a required property"]
    double.violations.clear()


# ---- buy now, pay later ----

URI = "https://bnpl.example.com/customers/7"
NEW = {"firstName": "Ada", "lastName": 'King "Lovelace"', "dateOfBirth": "1815-12-10T00:00:00Z", "postalCode": "W1"}
PRODUCTS = [{"productCode": "sofa", "netAmount": 90, "purchaseAmount": {"currency": "EUR", "amount": 100.50}},
            {"productCode": "pen", "netAmount": 1, "purchaseAmount": {"currency": "EUR", "amount": 1}}]
TOTAL = {"currency": "EUR", "amount": 100.50}
TOKEN = "5f9b1a52-7c1d-4e7a-9c1b-0d4f3a2b1c00"
ELIGIBLE = {"productCodes": ["sofa"], "totalAmount": TOTAL}
PLAN = {"customer": URI, "products": PRODUCTS, "totalAmount": TOTAL, "status": "Finalised",
        "paymentSchedule": [{"paymentDate": "2027-01-01", "amount": TOTAL, "lastPayment": True}]}
CHECK, TERMS, CREATE = "findEligibleProducts", "getTermsAndConditions", "createCustomer"
BEGIN, AUTHORIZE = "createBnplTransaction", "getAuthorization"
FINISH = ["retrieveBnplLoanTransaction", "updateBnplLoanTransactionStatus"]


def script_bnpl(double, check, customer=201, token=None):
    double.answers(CHECK, check)
    double.answers(TERMS, {"json": ["Pay.", "In time."]})
    double.answers(CREATE, {"status": 201, "json": {"customerId": "7", "links": {"self": URI}}} if customer == 201 else
                   {"status": 200, "json": {"reasonCode": "too-young"}})
    links = {"loanTransactionId": "loan/1", "links": {"self": "https://bnpl.example.com/loans/1"}}
    double.answers(BEGIN, {"status": 202, "json": {**links, **({"redirectAuthToken": token} if token else {})}})
    double.answers(AUTHORIZE, {"status": 302, "headers": {"Location": "https://bank.example.com/?x=1", "Content-Type": None}})
    double.answers(FINISH[0], {"json": PLAN})
    double.answers(FINISH[1], {"status": 204, "headers": {"Content-Type": None}})


# The customer; what the check, the new customer and the transaction answer; the operations in their order; the plan's output.
LOANS = {
    "existing-customer-not-eligible": ({"uri": URI}, {"existingCustomerNotEligible": False, **ELIGIBLE}, 201, None, [CHECK],
                                       None),
    "no-product-qualifies": ({"uri": URI}, {"productCodes": []}, 201, None, [CHECK], None),
    "new-customer-not-eligible": (NEW, {"eligibilityCheckRequired": True, **ELIGIBLE}, 200, None, [CHECK, TERMS, CREATE], None),
    "existing-customer": ({"uri": URI}, {"eligibilityCheckRequired": False, **ELIGIBLE}, 201, None,
                          [CHECK, TERMS, BEGIN, *FINISH], PLAN),
    "existing-customer-authorizes": ({"uri": URI}, {"eligibilityCheckRequired": False, **ELIGIBLE}, 201, TOKEN,
                                     [CHECK, TERMS, BEGIN, AUTHORIZE, *FINISH], PLAN),
    "new-customer": (NEW, {"eligibilityCheckRequired": True, **ELIGIBLE}, 201, None,
                     [CHECK, TERMS, CREATE, BEGIN, *FINISH], PLAN),
    "new-customer-authorizes": (NEW, {"eligibilityCheckRequired": True, **ELIGIBLE}, 201, TOKEN,
                                [CHECK, TERMS, CREATE, BEGIN, AUTHORIZE, *FINISH], PLAN),
}


@pytest.mark.parametrize("customer, check, created, token, called, plan", LOANS.values(), ids=LOANS.keys())
def test_bnpl(run, opened, customer, check, created, token, called, plan):
    double, folder = opened("bnpl")
    script_bnpl(double, {"json": check}, created, token)
    response = run(folder, BNPL.document, "ApplyForLoanAtCheckout", {"customer": customer, "products": PRODUCTS})
    assert (response["status"], response["outputs"]) == ("SUCCEEDED", {"finalizedPaymentPlan": plan})
    assert double.called() == called
    check_loan(double, customer, token)


def check_loan(double, customer, token):
    calls = {call.operation: call for call in double.calls}
    expected = {"products": PRODUCTS, **({"customer": URI} if "uri" in customer else {})}
    assert calls[CHECK].body == expected
    if CREATE in calls:
        assert calls[CREATE].body == {**NEW, "termsAndConditionsAccepted": True}
    if BEGIN in calls:
        assert calls[BEGIN].body == {"enrolledCustomer" if "uri" in customer else "newCustomer": URI, "products": ["sofa"],
                                     "totalAmount": TOTAL}
    if AUTHORIZE in calls:
        assert calls[AUTHORIZE].query == {"AuthorizationToken": token}
    if FINISH[1] in calls:
        assert [calls[name].path for name in FINISH] == [{"loanTransactionId": "loan/1"}] * 2
        assert calls[FINISH[1]].body == {"status": "Completed"}


@pytest.mark.parametrize("failing, called", [(CHECK, [CHECK]), (TERMS, [CHECK, TERMS]), (BEGIN, [CHECK, TERMS, BEGIN]),
                                             (FINISH[0], [CHECK, TERMS, BEGIN, FINISH[0]])])
def test_bnpl_ends_where_a_step_fails(run, opened, failing, called):
    double, folder = opened("bnpl")
    script_bnpl(double, {"json": {"eligibilityCheckRequired": False, **ELIGIBLE}})
    double.answers(failing, {"status": 400, "json": {"type": "about:blank"}})
    response = run(folder, BNPL.document, "ApplyForLoanAtCheckout", {"customer": {"uri": URI}, "products": PRODUCTS})
    assert (response["status"], response["error"]["name"], response["error"]["statusCode"]) == ("FAILED", "Arazzo.StepFailed",
                                                                                                400)
    assert response["outputs"] == {"finalizedPaymentPlan": None}
    assert double.called() == called


WRONG_LOANS = {
    "no-products": {"customer": {"uri": URI}, "products": []},
    "neither-customer": {"customer": {"firstName": "Ada"}, "products": PRODUCTS},
    "both-customers": {"customer": {**NEW, "uri": URI, "additionalProperties": 1}, "products": PRODUCTS},
    "currency": {"customer": {"uri": URI},
                 "products": [{"productCode": "x", "purchaseAmount": {"currency": "eur", "amount": 1}}]},
    "customer-missing": {"products": PRODUCTS},
}


@pytest.mark.parametrize("inputs", WRONG_LOANS.values(), ids=WRONG_LOANS.keys())
def test_bnpl_inputs_that_do_not_suit(emulator, opened, inputs):
    double, folder = opened("bnpl")
    aws = emulator({"ARAZZO_DOCUMENT": BNPL.document, "AWS_REGION": None}, task_root=str(folder))
    check_refusal(aws.invoke({"inputs": inputs}), "Arazzo.InvalidInput")
    assert double.called() == []


# ---- pets and coupons ----

PET = {"id": 7, "name": "Rex", "price": 9.5, "photoUrls": []}
ORDER = {"id": 42, "petId": 7, "status": "placed"}


def script_pets(double, pets=(PET,)):
    double.answers("findPetsByTags", {"json": list(pets)})
    double.answers("findPetsByStatus", {"json": list(pets)})
    double.answers("getPetCoupons", "example")
    double.answers("placeOrder", {"json": ORDER})


def test_apply_coupon(run, opened):
    double, folder = opened("pet-coupons")
    script_pets(double)
    response = run(folder, PETS.document, "apply-coupon", {"my_pet_tags": ["puppy", "dalmatian"], "store_id": "x.example.com"})
    assert (response["status"], response["outputs"]) == ("SUCCEEDED", {"apply_coupon_pet_order_id": 42})
    assert double.called() == ["findPetsByTags", "getPetCoupons", "placeOrder"]
    tags, coupons, order = double.calls
    assert (tags.query, coupons.path) == ({"tags": ["puppy", "dalmatian"]}, {"petId": 7})
    assert order.body == {"petId": 7, "couponCode": "SUMMERSALE", "status": "placed", "complete": False}


def test_buy_available_pet(run, opened):
    """The reusable parameter pageSize is 100, and the step says 10."""
    double, folder = opened("pet-coupons")
    script_pets(double)
    response = run(folder, PETS.document, "buy-available-pet", {})
    assert (response["status"], response["outputs"]) == ("SUCCEEDED", {"buy_pet_order_id": 42})
    assert double.called() == ["findPetsByStatus", "placeOrder"]
    assert double.calls[0].query == {"status": "available", "page": 1, "pageSize": 10}
    assert double.calls[1].body == {"petId": 7, "status": "placed", "complete": False}


def test_place_order(run, opened):
    double, folder = opened("pet-coupons")
    script_pets(double)
    response = run(folder, PETS.document, "place-order", {"pet_id": 7, "quantity": 2})
    assert (response["status"], response["outputs"]) == ("SUCCEEDED", {"workflow_order_id": 42})
    assert double.calls[0].body == {"petId": 7, "quantity": 2, "status": "placed", "complete": False}


# What answers otherwise; the operations until the end; the status in the error.
PETS_THAT_FAIL = {
    "no-pet": ("findPetsByTags", {"json": []}, ["findPetsByTags"], None),
    "no-coupon": ("getPetCoupons", {"status": 404}, ["findPetsByTags", "getPetCoupons"], 404),
    "order-refused": ("placeOrder", {"status": 400}, ["findPetsByTags", "getPetCoupons", "placeOrder"], 400),
}


@pytest.mark.parametrize("operation, answer, called, status", PETS_THAT_FAIL.values(), ids=PETS_THAT_FAIL.keys())
def test_coupon_that_can_not_be_applied(run, opened, operation, answer, called, status):
    double, folder = opened("pet-coupons")
    script_pets(double)
    double.answers(operation, answer)
    response = run(folder, PETS.document, "apply-coupon", {"my_pet_tags": ["puppy"]})
    assert (response["status"], response["error"]["name"]) == ("FAILED", "Arazzo.StepFailed")
    assert response["error"].get("statusCode") == status
    assert response["outputs"] == {"apply_coupon_pet_order_id": None}
    assert double.called() == called


# ---- OAuth ----

CLIENT = {"client_id": "c 1&", "client_secret": "s=ä+%"}
REFRESH = {"my_client_id": "c 1&", "my_client_secret": "s=ä+%", "my_redirect_uri": "https://app.example.com/?a=b"}
REDIRECT = REFRESH["my_redirect_uri"]


def script_oauth(double, authorize=None, *tokens):
    double.answers("authorize", authorize or {"json": {"access_token": "early", "code": "c0de/+"}})
    double.answers("get-token", *(tokens or ({"json": {"access_token": "a1", "refresh_token": "r1", "expires_in": 60}},
                                             {"json": {"access_token": "a2", "refresh_token": "r2", "expires_in": 61}})))


def test_client_credentials(run, opened):
    double, folder = opened("oauth")
    script_oauth(double)
    response = run(folder, OAUTH.document, "client-credentials-flow", CLIENT)
    assert (response["status"], response["outputs"]) == ("SUCCEEDED", {"access_token": "a1"})
    assert [call.body for call in double.calls] == [{**CLIENT, "grant_type": "client_credentials"}]
    assert double.calls[0].media_type == "application/x-www-form-urlencoded"


def test_authorization_code(run, opened):
    double, folder = opened("oauth")
    script_oauth(double)
    response = run(folder, OAUTH.document, "authorization-code-flow", {**CLIENT, "redirect_uri": REDIRECT})
    assert response["outputs"] == {"access_token": "a1", "refresh_token": "r1", "expires_in": 60}
    check_authorization(double.calls)


def check_authorization(calls):
    authorize, token = calls
    assert authorize.query == {"client_id": "c 1&", "redirect_uri": REDIRECT, "response_type": "code", "scope": "read",
                               "state": "12345"}
    assert token.body == {**CLIENT, "grant_type": "authorization_code", "code": "c0de/+", "redirect_uri": REDIRECT}


def test_refresh_token(run, opened):
    """The second request belongs to the workflow that the first step runs, the third to the one that runs it."""
    double, folder = opened("oauth")
    script_oauth(double)
    response = run(folder, OAUTH.document, "refresh-token-flow", REFRESH)
    assert (response["status"], response["outputs"]) == ("SUCCEEDED",
                                                         {"access_token": "a2", "refresh_token": "r2", "expires_in": 61})
    assert double.called() == ["authorize", "get-token", "get-token"]
    check_authorization(double.calls[:2])
    assert double.calls[2].body == {"grant_type": "refresh_token", "refresh_token": "r1", "client_id": "c 1&"}


DENIED = {
    "authorize-denied": ({"status": 403}, (), ["authorize"]),
    "no-token-in-the-answer": ({"json": {"code": "c"}}, (), ["authorize"]),
    "token-refused": (None, ({"status": 401},), ["authorize", "get-token"]),
    "token-is-null": (None, ({"json": {"access_token": None}},), ["authorize", "get-token"]),
}


@pytest.mark.parametrize("authorize, tokens, called", DENIED.values(), ids=DENIED.keys())
@pytest.mark.parametrize("workflow", ["authorization-code-flow", "refresh-token-flow"])
def test_denied(run, opened, workflow, authorize, tokens, called):
    """A workflow that fails makes the step fail that runs it; nobody gets a token."""
    double, folder = opened("oauth")
    script_oauth(double, authorize, *tokens)
    inputs = REFRESH if workflow == "refresh-token-flow" else {**CLIENT, "redirect_uri": REDIRECT}
    response = run(folder, OAUTH.document, workflow, inputs)
    assert (response["status"], response["error"]["name"]) == ("FAILED", "Arazzo.StepFailed")
    assert response["outputs"] == {"access_token": None, "refresh_token": None, "expires_in": None}
    assert double.called() == called


# ---- pushed authorization requests ----

ASSERTION = {"iss": "c1", "sub": "c1", "aud": "https://as.example.com/?a&b", "exp": "9", "iat": "1", "jti": "ä"}
REQUEST = {"response_type": "code", "client_id": "c1", "scope": "openid payments", "state": "s", "redirect_uri": REDIRECT}
PLACEHOLDER = {"grant_type": "", "code": "", "redirect_uri": "", "code_verifier": ""}
PAR_INPUTS = {"client_id": "c1", "client_assertion": ASSERTION, "redirect_uri": REDIRECT, "code_verifier": 'v"1\\',
              "PARrequestBody": REQUEST, "TokenRequestBody": PLACEHOLDER}
PAR_TOKEN = {"access_token": "a", "token_type": "bearer", "expires_in": 60, "id_token": "i"}


def script_par(double):
    double.answers("Par", {"json": {"request_uri": "urn:example:par:1 2", "expires_in": "60"}})
    double.answers("Authorization", {"status": 302, "json": {"code": "c-1"}, "headers": {"Location": REDIRECT}})
    double.answers("Token", {"json": PAR_TOKEN})


def test_pushed_authorization_request(run, opened):
    """Content-Type is a required header parameter of two operations: OpenAPI says that such a parameter is ignored."""
    double, folder = opened("fapi-par")
    script_par(double)
    response = run(folder, PAR.document, "OIDC-PAR-AuthzCode", PAR_INPUTS)
    assert (response["status"], response["outputs"]) == ("SUCCEEDED", {"access_token": PAR_TOKEN})
    assert double.called() == ["Par", "Authorization", "Token"]
    par, authorization, token = double.calls
    client = {"client_id": "c1", "client_assertion_type": "urn:ietf:params:oauth:grant-type:jwt-bearer",
              "client_assertion": ASSERTION}
    assert (par.query, par.body, par.media_type) == (client, REQUEST, "application/json")
    assert authorization.query == {"request_uri": "urn:example:par:1 2", "client_id": "c1"}
    assert (token.query, token.media_type) == (client, "application/json")
    assert token.body == {"grant_type": "authorization_code", "code": "c-1", "redirect_uri": REDIRECT, "code_verifier": 'v"1\\'}


@pytest.mark.parametrize("operation, answer, called", [
    ("Par", {"status": 401}, ["Par"]), ("Authorization", {"status": 200, "json": {"code": "c"}}, ["Par", "Authorization"]),
    ("Token", {"status": 400}, ["Par", "Authorization", "Token"])], ids=["par", "no-redirect", "token"])
def test_pushed_authorization_request_that_fails(run, opened, operation, answer, called):
    double, folder = opened("fapi-par")
    script_par(double)
    double.answers(operation, answer)
    response = run(folder, PAR.document, "OIDC-PAR-AuthzCode", PAR_INPUTS)
    assert (response["status"], response["error"]["name"]) == ("FAILED", "Arazzo.StepFailed")
    assert response["outputs"] == {"access_token": None}
    assert double.called() == called


def test_inputs_that_the_schema_requires(emulator, arazzo, opened):
    double, folder = opened("fapi-par")
    inputs = {**PAR_INPUTS, "TokenRequestBody": {"grant_type": "x"}}
    aws = emulator({"ARAZZO_DOCUMENT": PAR.document, "AWS_REGION": None}, task_root=str(folder))
    check_refusal(aws.invoke({"inputs": inputs}), "Arazzo.InvalidInput", "TokenRequestBody", "code")
    done = arazzo("run", folder / PAR.document, "--inputs", json.dumps(inputs))
    assert done.exit_status != 0 and "TokenRequestBody" in done.stderr + done.stdout
    assert double.called() == []


# ---- the tables ----

FULL = {
    "bnpl": (lambda double: script_bnpl(double, {"json": {"eligibilityCheckRequired": True, **ELIGIBLE}}, 201, TOKEN),
             "ApplyForLoanAtCheckout", {"customer": NEW, "products": PRODUCTS}),
    "pet-coupons": (script_pets, "apply-coupon", {"my_pet_tags": ["puppy"]}),
    "oauth": (script_oauth, "refresh-token-flow", REFRESH),
    "fapi-par": (script_par, "OIDC-PAR-AuthzCode", PAR_INPUTS),
}
# Without it the full path goes well, too: it decides about another one.
OTHER_PATH = "$[?count(@.products) == 0]"


def single_edits():
    for name, example in EXAMPLES.items():
        for index, edit in enumerate(example.edits):
            if edit.search != OTHER_PATH:
                yield pytest.param(name, index, id=f"{name}-{index}-{edit.search.split(chr(10))[0][:40].strip()}")


@pytest.mark.parametrize("name, index", single_edits())
def test_no_edit_can_be_left_out(arazzo, opened, tmp_path, name, index):
    """Without it the document is refused, fails, or sends what the description does not allow."""
    double, _ = opened(name)
    example = EXAMPLES[name]
    script, workflow, inputs = FULL[name]
    script(double)
    write(tmp_path, example, [edit for at, edit in enumerate(example.edits) if at != index], double)
    done = arazzo("run", tmp_path / example.document, "--workflow", workflow, "--inputs", json.dumps(inputs))
    outputs = json.loads(done.stdout or "{}").get("outputs", {})
    assert done.exit_status != 0 or double.violations or None in outputs.values()
    double.violations.clear()
