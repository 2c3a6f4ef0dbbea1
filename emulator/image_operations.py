"""What Image Builder's operations do and answer. Parameters have been validated against the model before."""

import uuid

from .errors import ServiceError

MIN_NAME_CHARACTERS = 3     # the model's pattern of ResourceName
DEFAULT_PAGE = 25


def check_parameters(operation, parameters):
    """The rules that the model does not hold."""
    if operation != "CreateImage":
        return
    recipes = [name for name in ("imageRecipeArn", "containerRecipeArn") if name in parameters]
    if len(recipes) != 1:
        raise ServiceError("InvalidRequestException",
                           "Exactly one of imageRecipeArn and containerRecipeArn must be given, "
                           f"not {' and '.join(recipes) or 'neither'}.")
    arn = parameters[recipes[0]]
    if len(arn.split("/")[1]) < MIN_NAME_CHARACTERS:
        raise ServiceError("InvalidRequestException", f"There is no recipe '{arn}': a recipe's name has at least "
                           f"{MIN_NAME_CHARACTERS} characters.")


class Operations:
    """Not safe for threads by itself: Image Builder calls it under its lock."""

    def __init__(self, images, region, account):
        self._images, self._region, self._account = images, region, account

    def run(self, name, parameters):
        """The answer's members besides requestId."""
        method = _METHODS.get(name)
        if method is None:
            raise ServiceError("InvalidRequestException",
                               f"The emulator does not implement {name}; it implements {', '.join(_METHODS)}")
        return method(self, parameters)

    def _create_image(self, parameters):
        image = self._images.create(parameters, self._account)
        return {"clientToken": parameters["clientToken"], "imageBuildVersionArn": image.arn,
                "latestVersionReferences": _references(image)}

    def _get_image(self, parameters):
        image = self._images.latest(parameters["imageBuildVersionArn"])
        state = self._images.step(image)
        return {"image": self._describe(image, state), "latestVersionReferences": _references(image)}

    def _delete_image(self, parameters):
        return {"imageBuildVersionArn": self._images.delete(parameters["imageBuildVersionArn"]).arn}

    def _cancel_image_creation(self, parameters):
        self._images.cancel(parameters["imageBuildVersionArn"])
        return {"clientToken": parameters["clientToken"], "imageBuildVersionArn": parameters["imageBuildVersionArn"]}

    def _list_images(self, parameters):
        if parameters.get("owner", "Self") != "Self" or parameters.get("filters"):
            raise ServiceError("InvalidRequestException",
                               "The emulator lists only the account's own images, and takes no filters")
        versions = {image.arn.rpartition("/")[0]: image for image in self._images.all()}
        start, size = _page(parameters)
        listed = [self._summary(arn, versions[arn]) for arn in sorted(versions)[start:start + size]]
        following = {"nextToken": str(start + size)} if start + size < len(versions) else {}
        return {"imageVersionList": listed, **following}

    def _summary(self, arn, image):
        return {"arn": arn, "name": image.name, "type": image.kind, "version": image.version, "platform": "Linux",
                "owner": self._account, "dateCreated": image.created_iso, "buildType": "USER_INITIATED"}

    def _describe(self, image, state):
        parameters, created = image.parameters, {"dateCreated": image.created_iso}
        recipe = "imageRecipe" if image.kind == "AMI" else "containerRecipe"
        infrastructure = parameters["infrastructureConfigurationArn"]
        described = {
            "arn": image.arn, "type": image.kind, "name": image.name, "version": image.version, "platform": "Linux",
            "osVersion": "Amazon Linux 2023", "buildType": "USER_INITIATED", **created,
            "enhancedImageMetadataEnabled": parameters.get("enhancedImageMetadataEnabled", True),
            recipe: {"arn": parameters[f"{recipe}Arn"], "name": image.name, "version": image.version, **created},
            "infrastructureConfiguration": {"arn": infrastructure, "name": infrastructure.rpartition("/")[2],
                                            **created},
            "outputResources": self._output(image) if state.get("status") == "AVAILABLE" else {},
        }
        optional = {"state": state, "tags": parameters.get("tags")}
        return {**described, **{name: value for name, value in optional.items() if value}}

    def _output(self, image):
        if image.kind == "DOCKER":
            uri = f"{self._account}.dkr.ecr.{self._region}.amazonaws.com/{image.name}:{image.version}"
            return {"containers": [{"region": self._region, "imageUris": [uri]}]}
        identifier = "ami-" + uuid.uuid5(uuid.NAMESPACE_URL, image.arn).hex[:17]
        ami = {"region": self._region, "image": identifier, "name": image.name, "accountId": self._account}
        return {"amis": [ami]}


def _references(image):
    base = image.arn.partition(":image/")[0] + f":image/{image.name}"
    major, minor, _ = image.version.split(".")
    return {"latestVersionArn": f"{base}/x.x.x", "latestMajorVersionArn": f"{base}/{major}.x.x",
            "latestMinorVersionArn": f"{base}/{major}.{minor}.x", "latestPatchVersionArn": f"{base}/{image.version}"}


def _page(parameters):
    token = parameters.get("nextToken", "0")
    if not token.isascii() or not token.isdigit():
        raise ServiceError("InvalidPaginationTokenException", f"nextToken {token!r} was not given by this service")
    return int(token), parameters.get("maxResults", DEFAULT_PAGE)


_METHODS = {"CreateImage": Operations._create_image, "GetImage": Operations._get_image,
            "DeleteImage": Operations._delete_image, "CancelImageCreation": Operations._cancel_image_creation,
            "ListImages": Operations._list_images}
