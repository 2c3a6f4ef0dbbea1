"""What every response must look like (design, section 4: the response)."""

NUMBER = (int, float)
ALWAYS = {"status": str, "runId": str, "workflowId": str}
RUNNING = {**ALWAYS, "nextStepId": str, "waitSeconds": int, "state": dict}
SUCCEEDED = {**ALWAYS, "outputs": dict}
FAILED = {**ALWAYS, "outputs": dict, "error": dict}
MEMBERS = {"RUNNING": RUNNING, "SUCCEEDED": SUCCEEDED, "FAILED": FAILED}
OPTIONAL = {"lastStep": dict,         # absent where nothing was sent
            "nextWorkflowId": str}    # of a step of another workflow than the run's

LAST_STEP = {"stepId": str, "method": str, "url": str, "success": bool, "action": str, "attempts": int,
             "durationMs": NUMBER}
LAST_STEP_OPTIONAL = {"statusCode": int, "requestId": str, "workflowId": str}
ACTIONS = {"RUNNING": {"next", "goto", "retry", "wait"}, "SUCCEEDED": {"end"}, "FAILED": {"fail"}}

ERROR = {"name": str, "message": str, "stepId": str}
ERROR_OPTIONAL = {"statusCode": int, "awsErrorType": str, "requestId": str, "workflowId": str}
ERROR_NAMES = {"Arazzo.StepFailed", "Arazzo.GuardExceeded", "Arazzo.StateTooLarge", "Arazzo.AmbiguousOutcome",
               "Arazzo.ResponseTooLarge"}

# These end a run after its step went well, so that lastStep tells of that.
TOO_LARGE = {"Arazzo.StateTooLarge", "Arazzo.ResponseTooLarge"}

STATE = {"v": int, "documents": str, "run": str, "sum": str}


def check_members(where, value, required, optional=None):
    optional = optional or {}
    missing = sorted(set(required) - set(value))
    unknown = sorted(set(value) - set(required) - set(optional))
    assert not missing and not unknown, f"{where}: missing {missing}, unknown {unknown}"
    for name, kind in {**required, **optional}.items():
        if name in value:
            good = isinstance(value[name], kind) and (kind is bool or not isinstance(value[name], bool))
            assert good, f"{where}.{name} is {value[name]!r}"


def check_response(response):
    """The exact members for its status, each with its type; returns the response."""
    status = response["status"]
    check_members("response", response, MEMBERS[status], OPTIONAL)
    if "lastStep" in response:
        check_members("lastStep", response["lastStep"], LAST_STEP, LAST_STEP_OPTIONAL)
        too_large = response.get("error", {}).get("name") in TOO_LARGE
        assert too_large or response["lastStep"]["action"] in ACTIONS[status]
    if status == "RUNNING":
        check_members("state", response["state"], STATE)
        assert response["waitSeconds"] >= 0
    if status == "FAILED":
        check_members("error", response["error"], ERROR, ERROR_OPTIONAL)
        assert response["error"]["name"] in ERROR_NAMES
    return response


def check_refusal(result, name, *parts):
    """A Lambda error of that name whose message has all parts."""
    assert result.function_error, result.payload
    assert set(result.payload) == {"errorType", "errorMessage", "stackTrace"}
    assert result.payload["errorType"] == name, result.payload
    for part in parts:
        assert part in result.payload["errorMessage"], result.payload["errorMessage"]
