"""Image Builder's operations, validation, idempotency and image states, through boto3 and raw requests."""

import json

import pytest
from botocore.exceptions import ClientError
from botocore.parsers import create_parser
from raw_client import ARN, CREATE, INFRASTRUCTURE, RECIPE, call, call_create, client, create, get_target

IMAGE = f"{ARN}:image/web/1.0.0/1"


def status_of(aws, arn):
    return client(aws).get_image(imageBuildVersionArn=arn)["image"]["state"]["status"]


def code_of(function, **parameters):
    with pytest.raises(ClientError) as caught:
        function(**parameters)
    return caught.value.response["Error"]["Code"], caught.value.response["ResponseMetadata"]["HTTPStatusCode"]


def test_build_numbers_count_up_for_each_recipe_and_version(aws):
    other = RECIPE.replace("1.0.0", "2.0.0")
    arns = [create(aws, clientToken="a"), create(aws, clientToken="b"),
            create(aws, clientToken="c", imageRecipeArn=other)]
    assert [arn.partition(":image/")[2] for arn in arns] == ["web/1.0.0/1", "web/1.0.0/2", "web/2.0.0/1"]


def test_a_container_recipe_makes_a_docker_image(aws):
    aws.image_builder.script(["AVAILABLE"])
    made = client(aws).create_image(containerRecipeArn=RECIPE.replace("image-recipe", "container-recipe"),
                                    infrastructureConfigurationArn=INFRASTRUCTURE, clientToken="a")
    image = client(aws).get_image(imageBuildVersionArn=made["imageBuildVersionArn"])["image"]
    assert image["type"] == "DOCKER" and image["outputResources"]["containers"][0]["imageUris"]


def test_get_image_describes_what_was_created(aws):
    aws.image_builder.script(["AVAILABLE"])
    image = client(aws).get_image(imageBuildVersionArn=create(aws, tags={"team": "a"}))["image"]
    assert image["arn"] == IMAGE and image["imageRecipe"]["arn"] == RECIPE and image["tags"] == {"team": "a"}
    assert image["outputResources"]["amis"][0]["image"].startswith("ami-")
    assert image["state"] == {"status": "AVAILABLE"}


@pytest.mark.parametrize("operation, method, target, body", [
    ("CreateImage", "PUT", "/CreateImage", {**CREATE, "clientToken": "other"}),
    ("GetImage", "GET", get_target(IMAGE), None),
    ("ListImages", "POST", "/ListImages", {}),
    ("CancelImageCreation", "PUT", "/CancelImageCreation", {"imageBuildVersionArn": IMAGE, "clientToken": "x"}),
    ("DeleteImage", "DELETE", get_target(IMAGE).replace("Get", "Delete"), None),
])
def test_answers_parse_with_the_models_output_shape(aws, operation, method, target, body):
    create(aws)
    sent = json.dumps(body).encode() if body is not None else b""
    answer = call(aws, method, target, sent, {"Content-Type": "application/json"} if sent else {})
    shape = client(aws).meta.service_model.operation_model(operation).output_shape
    response = {"status_code": answer.status, "headers": answer.headers, "body": answer.body}
    parsed = create_parser("rest-json").parse(response, shape)
    assert answer.status == 200 and parsed["requestId"] == answer.headers["x-amzn-requestid"]
    known = set(shape.members) | {"latestVersionReferences"}
    assert set(json.loads(answer.body)) <= known and set(parsed) - {"ResponseMetadata"} <= known


@pytest.mark.parametrize("version", ["1.0.0", "1.0.x", "1.x.x", "x.x.x"])
def test_a_version_without_build_is_the_newest_image(aws, version):
    create(aws, clientToken="a")
    newest = create(aws, clientToken="b")
    found = client(aws).get_image(imageBuildVersionArn=f"{ARN}:image/web/{version}")["image"]["arn"]
    assert found == newest


def test_delete_then_get_and_delete_again_are_not_found(aws):
    arn, sdk = create(aws), client(aws)
    assert sdk.delete_image(imageBuildVersionArn=arn)["imageBuildVersionArn"] == arn
    assert code_of(sdk.get_image, imageBuildVersionArn=arn) == ("ResourceNotFoundException", 404)
    assert code_of(sdk.delete_image, imageBuildVersionArn=arn) == ("ResourceNotFoundException", 404)


def test_cancel_before_a_terminal_state_only(aws):
    aws.image_builder.script(["BUILDING"])
    arn, sdk = create(aws), client(aws)
    sdk.cancel_image_creation(imageBuildVersionArn=arn, clientToken="a")
    assert status_of(aws, arn) == "CANCELLED"
    refusal = code_of(sdk.cancel_image_creation, imageBuildVersionArn=arn, clientToken="b")
    assert refusal == ("InvalidRequestException", 400)


def test_list_images_pages(aws):
    for number in range(3):
        create(aws, clientToken=str(number), imageRecipeArn=RECIPE.replace("1.0.0", f"{number}.0.0"))
    first = client(aws).list_images(maxResults=2)
    rest = client(aws).list_images(maxResults=2, nextToken=first["nextToken"])
    listed = [image["version"] for image in first["imageVersionList"] + rest["imageVersionList"]]
    assert listed == ["0.0.0", "1.0.0", "2.0.0"] and "nextToken" not in rest


# Validation

@pytest.mark.parametrize("change, text", [
    ({"surprise": 1}, "Unknown parameter"),
    ({"imageTestsConfiguration": {"surprise": 1}}, "Unknown parameter"),
    ({"clientToken": None}, "Invalid type"),
    ({"clientToken": ""}, "Invalid length"),
    ({"clientToken": "x" * 65}, "over the maximum"),
    ({"tags": "text"}, "Invalid type"),
    ({"imageTestsConfiguration": {"timeoutMinutes": 5000}}, "over the maximum"),
    ({"imageRecipeArn": "arn:wrong"}, "regular expression"),
    ({"containerRecipeArn": RECIPE.replace("image-recipe", "container-recipe")}, "Exactly one"),
    ({"imageRecipeArn": RECIPE.replace("web", "w")}, "There is no recipe"),
])
def test_wrong_parameters_are_refused(aws, change, text):
    answer = call_create(aws, **change)
    assert (answer.status, answer.error) == (400, "InvalidRequestException")
    assert text in answer.message and aws.image_builder.images() == []


def test_a_missing_parameter_is_refused(aws):
    answer = call(aws, "PUT", "/CreateImage", b'{"clientToken":"a"}', {"Content-Type": "application/json"})
    assert answer.status == 400 and "infrastructureConfigurationArn" in answer.message


def test_a_token_of_64_characters_and_newer_members_are_taken(aws):
    newer = {"executionRole": "role", "workflows": [{"workflowArn": "arn:x"}]}
    assert call_create(aws, clientToken="x" * 64, **newer).status == 200


@pytest.mark.parametrize("method, target, body, error, text", [
    ("PUT", "/CreateImage", b'{"a"', "SerializationException", "not JSON"),
    ("PUT", "/CreateImage", b"[]", "SerializationException", "not a JSON object"),
    ("PUT", "/CreateImage", b'{"a":1,"a":2}', "SerializationException", "twice"),
    ("POST", "/ListImages", b'{"maxResults":true}', "InvalidRequestException", "not an integer"),
    ("POST", "/ListImages", b'{"maxResults":26}', "InvalidRequestException", "over the maximum"),
    ("POST", "/ListImages", b'{"owner":"Me"}', "InvalidRequestException", "enum value set"),
    ("GET", get_target(IMAGE) + "&unknown=1", b"", "InvalidRequestException", "Unknown query parameter 'unknown'"),
    ("GET", get_target(IMAGE) + "&imageBuildVersionArn=a", b"", "InvalidRequestException", "twice"),
    ("GET", get_target("wrong"), b"", "InvalidRequestException", "regular expression"),
    ("GET", "/GetImage", b"", "InvalidRequestException", "imageBuildVersionArn"),
    ("GET", get_target(IMAGE), b"{}", "InvalidRequestException", "takes no body"),
    ("GET", get_target(IMAGE).replace("GetImage", "GetImageRecipe").replace("BuildVersion", "Recipe"), b"",
     "InvalidRequestException", "regular expression"),
])
def test_wrong_requests_are_refused(aws, method, target, body, error, text):
    answer = call(aws, method, target, body, {"Content-Type": "application/json"})
    assert (answer.status, answer.error) == (400, error), answer.raw
    assert text in answer.message


def test_a_body_of_another_media_type_is_refused(aws):
    answer = call(aws, "PUT", "/CreateImage", b"{}", {"Content-Type": "text/plain"})
    assert (answer.status, answer.error) == (415, "UnsupportedMediaTypeException")


@pytest.mark.parametrize("method, target", [("GET", "/CreateImage"), ("GET", "/createImage"), ("GET", "//GetImage")])
def test_unknown_operations_are_refused(aws, method, target):
    assert call(aws, method, target).status in (403, 404)
    assert aws.image_builder.requests()[0].operation is None


def test_operations_that_are_not_emulated_say_so(aws):
    assert code_of(client(aws).list_components) == ("InvalidRequestException", 400)


# Idempotency

def test_the_same_token_and_parameters_give_the_first_answer(aws):
    first, second = call_create(aws), call_create(aws)
    assert json.loads(first.body) == json.loads(second.body)
    assert len(aws.image_builder.images()) == 1 and len(aws.image_builder.requests("CreateImage")) == 2


def test_the_same_token_and_other_parameters_are_refused(aws):
    create(aws)
    answer = call_create(aws, tags={"a": "b"})
    assert (answer.status, answer.error) == (400, "IdempotentParameterMismatchException")
    assert len(aws.image_builder.images()) == 1


# States

def test_a_sequence_takes_one_step_a_call_and_keeps_its_last_state(aws):
    aws.image_builder.script(["PENDING", "BUILDING", {"status": "FAILED", "reason": "disk full"}])
    arn, sdk = create(aws), client(aws)
    states = [sdk.get_image(imageBuildVersionArn=arn)["image"]["state"] for _ in range(4)]
    failed = {"status": "FAILED", "reason": "disk full"}
    assert states == [{"status": "PENDING"}, {"status": "BUILDING"}, failed, failed]


def test_each_image_steps_for_itself_and_recipes_may_differ(aws):
    aws.image_builder.script(["PENDING", "AVAILABLE"])
    aws.image_builder.script(["CANCELLED"], recipe="other")
    first, second = create(aws, clientToken="a"), create(aws, clientToken="b")
    third = create(aws, clientToken="c", imageRecipeArn=RECIPE.replace("web", "other"))
    seen = [status_of(aws, arn) for arn in (first, first, second, third)]
    assert seen == ["PENDING", "AVAILABLE", "PENDING", "CANCELLED"]


def test_the_script_of_an_existing_image_can_change(aws):
    aws.image_builder.script(["BUILDING"])
    arn = create(aws)
    aws.image_builder.script(["FAILED"], arn=arn)
    assert status_of(aws, arn) == "FAILED"


def test_a_timeline_follows_the_virtual_clock(aws):
    aws.image_builder.script([[0, "PENDING"], [60, "BUILDING"], [1200, "AVAILABLE"]])
    arn = create(aws)
    seen = []
    for seconds in (0, 59, 1, 1139, 1):
        aws.clock.advance(seconds)
        seen.append(status_of(aws, arn))
    assert seen == ["PENDING", "PENDING", "BUILDING", "BUILDING", "AVAILABLE"]


def test_a_timeline_can_run_at_a_factor_of_real_time(aws):
    aws.image_builder.script([[0, "PENDING"], [1000, "AVAILABLE"]])
    arn = create(aws)
    aws.clock.set_factor(1e6)
    aws.clock.wait_until(aws.clock.now() + 1000)
    assert status_of(aws, arn) == "AVAILABLE"


def test_a_state_can_be_left_out_or_be_unknown_to_the_model(aws):
    aws.image_builder.script([{}, {"status": "HIBERNATING", "unmodelled": True}])
    target = get_target(create(aws))
    images = [json.loads(call(aws, "GET", target).body)["image"] for _ in range(2)]
    assert "state" not in images[0] and images[1]["state"] == {"status": "HIBERNATING"}


@pytest.mark.parametrize("script, text", [
    ([], "at least one state"),
    (["AVAILABEL"], "not one of"),
    ([{"status": "FAILED", "cause": "x"}], "neither a status"),
    ([{"status": "FAILED", "reason": ""}], "1 to 1024"),
    ([[5, "PENDING"]], "starts at 0"),
    ([[0, "PENDING"], [9, "BUILDING"], [3, "AVAILABLE"]], "goes forward"),
    ([["0", "PENDING"]], "not [seconds, state]"),
])
def test_a_wrong_script_is_refused(aws, script, text):
    with pytest.raises(ValueError) as caught:
        aws.image_builder.script(script)
    assert text in str(caught.value)
