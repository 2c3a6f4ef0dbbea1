/* The table of permissions. Its source is AWS's Service Authorization Reference: "Actions, resources, and condition keys for …" of each
 * service, and for S3 "Required permissions for Amazon S3 API operations" of its User Guide.
 *
 * Most actions have the name of the operation. The table has what does not follow from that: resources, by the members that name
 * them; actions with another name; what AWS asks for besides, since the call uses it. A service that is not in it is granted by the
 * operations' names alone, on all resources, and the command says so. Permissions for keys of KMS are not in it: which key
 * encrypts a resource is not in the request. */
#include "policy_table.h"

#define ROLE "arn:{partition}:iam::{account}:role/"
#define USER "arn:{partition}:iam::{account}:user/"
#define GROUP "arn:{partition}:iam::{account}:group/"
#define PROFILE "arn:{partition}:iam::{account}:instance-profile/"
#define BUCKET "arn:{partition}:s3:::{Bucket}"
#define OBJECT "arn:{partition}:s3:::{Bucket}/{Key}"
#define IMAGE "image/{imageRecipeArn:name}/*"
#define CONTAINER_IMAGE "image/{containerRecipeArn:name}/*"
#define ANY "*"

const struct policy_rule policy_rules[] = {
    /* An image has the name of its recipe. */
    {"imagebuilder", "CreateImage", "imageRecipeArn", NULL, IMAGE, NULL},
    {"imagebuilder", "CreateImage", "containerRecipeArn", NULL, CONTAINER_IMAGE, NULL},
    {"imagebuilder", "CreateImage", "imageRecipeArn", "imagebuilder:GetImageRecipe", "image-recipe/{imageRecipeArn}",
     NULL},
    {"imagebuilder", "CreateImage", "containerRecipeArn", "imagebuilder:GetContainerRecipe",
     "container-recipe/{containerRecipeArn}", NULL},
    {"imagebuilder", "CreateImage", "infrastructureConfigurationArn", "imagebuilder:GetInfrastructureConfiguration",
     "infrastructure-configuration/{infrastructureConfigurationArn}", NULL},
    {"imagebuilder", "CreateImage", "distributionConfigurationArn", "imagebuilder:GetDistributionConfiguration",
     "distribution-configuration/{distributionConfigurationArn}", NULL},
    {"imagebuilder", "CreateImage", "workflows", "imagebuilder:GetWorkflow", "workflow/{workflows.workflowArn}", NULL},
    {"imagebuilder", "CreateImage", "tags", "imagebuilder:TagResource", IMAGE, NULL},
    {"imagebuilder", "CreateImage", "executionRole", "iam:PassRole", ROLE "{executionRole}",
     "imagebuilder.amazonaws.com"},
    {"imagebuilder", "*", "imageBuildVersionArn", NULL, "image/{imageBuildVersionArn}", NULL},
    {"imagebuilder", "*", "imageVersionArn", NULL, "image/{imageVersionArn}", NULL},
    {"imagebuilder", "*", "imageRecipeArn", NULL, "image-recipe/{imageRecipeArn}", NULL},
    {"imagebuilder", "*", "containerRecipeArn", NULL, "container-recipe/{containerRecipeArn}", NULL},
    {"imagebuilder", "*", "imagePipelineArn", NULL, "image-pipeline/{imagePipelineArn}", NULL},

    /* Those of a bucket, and those of an object, go by other names than the operations. */
    {"s3", "GetObject", NULL, NULL, OBJECT, NULL},
    {"s3", "GetObject", "versionId", "s3:GetObjectVersion", OBJECT, NULL},
    {"s3", "HeadObject", NULL, "s3:GetObject", OBJECT, NULL},
    {"s3", "HeadObject", "versionId", "s3:GetObjectVersion", OBJECT, NULL},
    {"s3", "PutObject", NULL, NULL, OBJECT, NULL},
    {"s3", "PutObject", "x-amz-tagging", "s3:PutObjectTagging", OBJECT, NULL},
    {"s3", "PutObject", "x-amz-acl", "s3:PutObjectAcl", OBJECT, NULL},
    {"s3", "CopyObject", NULL, "s3:PutObject", OBJECT, NULL},
    {"s3", "CopyObject", NULL, "s3:GetObject", "arn:{partition}:s3:::{x-amz-copy-source:path}", NULL},
    {"s3", "CreateMultipartUpload", NULL, "s3:PutObject", OBJECT, NULL},
    {"s3", "UploadPart", NULL, "s3:PutObject", OBJECT, NULL},
    {"s3", "UploadPartCopy", NULL, "s3:PutObject", OBJECT, NULL},
    {"s3", "UploadPartCopy", NULL, "s3:GetObject", "arn:{partition}:s3:::{x-amz-copy-source:path}", NULL},
    {"s3", "CompleteMultipartUpload", NULL, "s3:PutObject", OBJECT, NULL},
    {"s3", "AbortMultipartUpload", NULL, NULL, OBJECT, NULL},
    {"s3", "ListParts", NULL, "s3:ListMultipartUploadParts", OBJECT, NULL},
    {"s3", "ListMultipartUploads", NULL, "s3:ListBucketMultipartUploads", BUCKET, NULL},
    {"s3", "DeleteObject", NULL, NULL, OBJECT, NULL},
    {"s3", "DeleteObject", "versionId", "s3:DeleteObjectVersion", OBJECT, NULL},
    {"s3", "DeleteObjects", NULL, "s3:DeleteObject", BUCKET "/*", NULL},
    {"s3", "GetObjectTagging", NULL, NULL, OBJECT, NULL},
    {"s3", "PutObjectTagging", NULL, NULL, OBJECT, NULL},
    {"s3", "DeleteObjectTagging", NULL, NULL, OBJECT, NULL},
    {"s3", "GetObjectAttributes", NULL, NULL, OBJECT, NULL},
    {"s3", "GetObjectAttributes", NULL, "s3:GetObject", OBJECT, NULL},
    {"s3", "SelectObjectContent", NULL, "s3:GetObject", OBJECT, NULL},
    {"s3", "ListObjects", NULL, "s3:ListBucket", BUCKET, NULL},
    {"s3", "ListObjectsV2", NULL, "s3:ListBucket", BUCKET, NULL},
    {"s3", "ListObjectVersions", NULL, "s3:ListBucketVersions", BUCKET, NULL},
    {"s3", "HeadBucket", NULL, "s3:ListBucket", BUCKET, NULL},
    {"s3", "ListBuckets", NULL, "s3:ListAllMyBuckets", ANY, NULL},
    {"s3", "CreateBucket", NULL, NULL, BUCKET, NULL},
    {"s3", "DeleteBucket", NULL, NULL, BUCKET, NULL},
    {"s3", "GetBucketLocation", NULL, NULL, BUCKET, NULL},
    {"s3", "GetBucketTagging", NULL, NULL, BUCKET, NULL},
    {"s3", "PutBucketTagging", NULL, NULL, BUCKET, NULL},
    {"s3", "DeleteBucketTagging", NULL, "s3:PutBucketTagging", BUCKET, NULL},
    {"s3", "GetBucketNotificationConfiguration", NULL, "s3:GetBucketNotification", BUCKET, NULL},
    {"s3", "PutBucketNotificationConfiguration", NULL, "s3:PutBucketNotification", BUCKET, NULL},
    {"s3", "GetPublicAccessBlock", NULL, "s3:GetBucketPublicAccessBlock", BUCKET, NULL},
    {"s3", "PutPublicAccessBlock", NULL, "s3:PutBucketPublicAccessBlock", BUCKET, NULL},
    {"s3", "DeletePublicAccessBlock", NULL, "s3:PutBucketPublicAccessBlock", BUCKET, NULL},
    {"s3", "GetBucketVersioning", NULL, NULL, BUCKET, NULL},
    {"s3", "PutBucketVersioning", NULL, NULL, BUCKET, NULL},
    {"s3", "GetBucketPolicy", NULL, NULL, BUCKET, NULL},
    {"s3", "PutBucketPolicy", NULL, NULL, BUCKET, NULL},
    {"s3", "DeleteBucketPolicy", NULL, NULL, BUCKET, NULL},
    {"s3", "GetBucketEncryption", NULL, "s3:GetEncryptionConfiguration", BUCKET, NULL},
    {"s3", "PutBucketEncryption", NULL, "s3:PutEncryptionConfiguration", BUCKET, NULL},
    {"s3", "DeleteBucketEncryption", NULL, "s3:PutEncryptionConfiguration", BUCKET, NULL},
    {"s3", "GetBucketLifecycleConfiguration", NULL, "s3:GetLifecycleConfiguration", BUCKET, NULL},
    {"s3", "PutBucketLifecycleConfiguration", NULL, "s3:PutLifecycleConfiguration", BUCKET, NULL},
    {"s3", "DeleteBucketLifecycle", NULL, "s3:PutLifecycleConfiguration", BUCKET, NULL},

    {"lambda", "Invoke", "!Qualifier", "lambda:InvokeFunction", "function:{FunctionName}", NULL},
    {"lambda", "Invoke", "Qualifier", "lambda:InvokeFunction", "function:{FunctionName}:{Qualifier}", NULL},
    {"lambda", "InvokeAsync", NULL, "lambda:InvokeFunction", "function:{FunctionName}", NULL},
    {"lambda", "InvokeWithResponseStream", "!Qualifier", "lambda:InvokeFunction", "function:{FunctionName}", NULL},
    {"lambda", "InvokeWithResponseStream", "Qualifier", "lambda:InvokeFunction", "function:{FunctionName}:{Qualifier}",
     NULL},
    {"lambda", "CreateFunction", NULL, NULL, "function:{FunctionName}", NULL},
    {"lambda", "CreateFunction", "Role", "iam:PassRole", ROLE "{Role}", "lambda.amazonaws.com"},
    {"lambda", "CreateFunction", "Tags", "lambda:TagResource", "function:{FunctionName}", NULL},
    {"lambda", "UpdateFunctionConfiguration", NULL, NULL, "function:{FunctionName}", NULL},
    {"lambda", "UpdateFunctionConfiguration", "Role", "iam:PassRole", ROLE "{Role}", "lambda.amazonaws.com"},
    {"lambda", "CreateEventSourceMapping", NULL, NULL, ANY, NULL},
    {"lambda", "ListEventSourceMappings", NULL, NULL, ANY, NULL},
    {"lambda", "GetEventSourceMapping", NULL, NULL, "event-source-mapping:{UUID}", NULL},
    {"lambda", "UpdateEventSourceMapping", NULL, NULL, "event-source-mapping:{UUID}", NULL},
    {"lambda", "DeleteEventSourceMapping", NULL, NULL, "event-source-mapping:{UUID}", NULL},
    {"lambda", "TagResource", NULL, NULL, "function:{Resource}", NULL},
    {"lambda", "UntagResource", NULL, NULL, "function:{Resource}", NULL},
    {"lambda", "ListTags", NULL, NULL, "function:{Resource}", NULL},
    {"lambda", "*", "FunctionName", NULL, "function:{FunctionName}", NULL},

    {"dynamodb", "CreateTable", NULL, NULL, "table/{TableName}", NULL},
    {"dynamodb", "CreateTable", "Tags", "dynamodb:TagResource", "table/{TableName}", NULL},
    {"dynamodb", "Query", NULL, NULL, "table/{TableName}", NULL},
    {"dynamodb", "Query", "IndexName", NULL, "table/{TableName}/index/{IndexName}", NULL},
    {"dynamodb", "Scan", NULL, NULL, "table/{TableName}", NULL},
    {"dynamodb", "Scan", "IndexName", NULL, "table/{TableName}/index/{IndexName}", NULL},
    /* Transactions and statements are allowed by what they do. */
    {"dynamodb", "TransactGetItems", NULL, "dynamodb:GetItem", "table/{TransactItems.Get.TableName}", NULL},
    {"dynamodb", "TransactWriteItems", "TransactItems.Put", "dynamodb:PutItem", "table/{TransactItems.Put.TableName}",
     NULL},
    {"dynamodb", "TransactWriteItems", "TransactItems.Update", "dynamodb:UpdateItem",
     "table/{TransactItems.Update.TableName}", NULL},
    {"dynamodb", "TransactWriteItems", "TransactItems.Delete", "dynamodb:DeleteItem",
     "table/{TransactItems.Delete.TableName}", NULL},
    {"dynamodb", "TransactWriteItems", "TransactItems.ConditionCheck", "dynamodb:ConditionCheckItem",
     "table/{TransactItems.ConditionCheck.TableName}", NULL},
    {"dynamodb", "ExecuteStatement", NULL, "dynamodb:PartiQLSelect", "table/*", NULL},
    {"dynamodb", "ExecuteStatement", NULL, "dynamodb:PartiQLInsert", "table/*", NULL},
    {"dynamodb", "ExecuteStatement", NULL, "dynamodb:PartiQLUpdate", "table/*", NULL},
    {"dynamodb", "ExecuteStatement", NULL, "dynamodb:PartiQLDelete", "table/*", NULL},
    {"dynamodb", "ListBackups", NULL, NULL, ANY, NULL},
    {"dynamodb", "ListTables", NULL, NULL, ANY, NULL},
    {"dynamodb", "*", "TableName", NULL, "table/{TableName}", NULL},

    {"sqs", "CreateQueue", NULL, NULL, "{QueueName}", NULL},
    {"sqs", "CreateQueue", "tags", "sqs:TagQueue", "{QueueName}", NULL},
    {"sqs", "SendMessageBatch", NULL, "sqs:SendMessage", "{QueueUrl:last}", NULL},
    {"sqs", "DeleteMessageBatch", NULL, "sqs:DeleteMessage", "{QueueUrl:last}", NULL},
    {"sqs", "ChangeMessageVisibilityBatch", NULL, "sqs:ChangeMessageVisibility", "{QueueUrl:last}", NULL},
    {"sqs", "*", "QueueUrl", NULL, "{QueueUrl:last}", NULL},
    {"sqs", "*", "QueueName", NULL, "{QueueName}", NULL},

    {"sns", "CreateTopic", NULL, NULL, "{Name}", NULL},
    {"sns", "CreateTopic", "Tags", "sns:TagResource", "{Name}", NULL},
    {"sns", "PublishBatch", NULL, "sns:Publish", "{TopicArn}", NULL},
    {"sns", "*", "TopicArn", NULL, "{TopicArn}", NULL},
    {"sns", "*", "TargetArn", NULL, "{TargetArn}", NULL},
    {"sns", "*", "ResourceArn", NULL, "{ResourceArn}", NULL},

    {"ssm", "GetParameter", NULL, NULL, "parameter/{Name:parameter}", NULL},
    {"ssm", "GetParameters", NULL, NULL, "parameter/{Names:parameter}", NULL},
    {"ssm", "GetParameterHistory", NULL, NULL, "parameter/{Name:parameter}", NULL},
    {"ssm", "GetParametersByPath", NULL, NULL, "parameter/{Path:path}", NULL},
    {"ssm", "GetParametersByPath", NULL, NULL, "parameter/{Path:path}/*", NULL},
    {"ssm", "PutParameter", NULL, NULL, "parameter/{Name:parameter}", NULL},
    {"ssm", "PutParameter", "Tags", "ssm:AddTagsToResource", "parameter/{Name:parameter}", NULL},
    {"ssm", "LabelParameterVersion", NULL, NULL, "parameter/{Name:parameter}", NULL},
    {"ssm", "UnlabelParameterVersion", NULL, NULL, "parameter/{Name:parameter}", NULL},
    {"ssm", "DeleteParameter", NULL, NULL, "parameter/{Name:parameter}", NULL},
    {"ssm", "DeleteParameters", NULL, NULL, "parameter/{Names:parameter}", NULL},
    {"ssm", "DescribeParameters", NULL, NULL, ANY, NULL},

    /* Secrets Manager puts six characters behind the name. */
    {"secretsmanager", "CreateSecret", NULL, NULL, "secret:{Name}-??????", NULL},
    {"secretsmanager", "CreateSecret", "Tags", "secretsmanager:TagResource", "secret:{Name}-??????", NULL},
    {"secretsmanager", "*", "SecretId", NULL, "secret:{SecretId}-??????", NULL},

    {"kinesis", "*", "StreamARN", NULL, "stream/{StreamARN}", NULL},
    {"kinesis", "*", "StreamName", NULL, "stream/{StreamName}", NULL},
    {"kinesis", "*", "ShardIterator", NULL, "stream/{StreamName}", NULL},

    {"events", "PutEvents", NULL, NULL, "event-bus/{Entries.EventBusName|default}", NULL},
    {"events", "PutTargets", "EventBusName", NULL, "rule/{EventBusName:base}/{Rule}", NULL},
    {"events", "PutTargets", "!EventBusName", NULL, "rule/{Rule}", NULL},
    {"events", "PutTargets", "Targets.RoleArn", "iam:PassRole", ROLE "{Targets.RoleArn}", "events.amazonaws.com"},
    {"events", "RemoveTargets", "EventBusName", NULL, "rule/{EventBusName:base}/{Rule}", NULL},
    {"events", "RemoveTargets", "!EventBusName", NULL, "rule/{Rule}", NULL},
    {"events", "PutRule", "EventBusName", NULL, "rule/{EventBusName:base}/{Name}", NULL},
    {"events", "PutRule", "!EventBusName", NULL, "rule/{Name}", NULL},
    {"events", "PutRule", "RoleArn", "iam:PassRole", ROLE "{RoleArn}", "events.amazonaws.com"},
    {"events", "PutRule", "Tags", "events:TagResource", "rule/*", NULL},
    {"events", "DescribeRule", "EventBusName", NULL, "rule/{EventBusName:base}/{Name}", NULL},
    {"events", "DescribeRule", "!EventBusName", NULL, "rule/{Name}", NULL},
    {"events", "DeleteRule", "EventBusName", NULL, "rule/{EventBusName:base}/{Name}", NULL},
    {"events", "DeleteRule", "!EventBusName", NULL, "rule/{Name}", NULL},
    {"events", "CreateEventBus", NULL, NULL, "event-bus/{Name}", NULL},
    {"events", "CreateEventBus", "Tags", "events:TagResource", "event-bus/{Name}", NULL},
    {"events", "DeleteEventBus", NULL, NULL, "event-bus/{Name}", NULL},
    {"events", "DescribeEventBus", NULL, NULL, "event-bus/{Name|default}", NULL},

    {"states", "CreateStateMachine", NULL, NULL, "stateMachine:{name}", NULL},
    {"states", "CreateStateMachine", "roleArn", "iam:PassRole", ROLE "{roleArn}", "states.amazonaws.com"},
    {"states", "CreateStateMachine", "tags", "states:TagResource", "stateMachine:{name}", NULL},
    {"states", "UpdateStateMachine", NULL, NULL, "stateMachine:{stateMachineArn}", NULL},
    {"states", "UpdateStateMachine", "roleArn", "iam:PassRole", ROLE "{roleArn}", "states.amazonaws.com"},
    {"states", "*", "stateMachineArn", NULL, "stateMachine:{stateMachineArn}", NULL},
    {"states", "*", "executionArn", NULL, "execution:{executionArn}", NULL},

    /* The ARN of a role has its path, which its name does not tell. */
    {"iam", "CreateRole", "Path", NULL, "arn:{partition}:iam::{account}:role{Path}{RoleName}", NULL},
    {"iam", "CreateRole", "!Path", NULL, ROLE "{RoleName}", NULL},
    {"iam", "CreateRole", "Tags", "iam:TagRole", ROLE "{RoleName}", NULL},
    {"iam", "CreateRole", "Tags", "iam:TagRole", ROLE "*/{RoleName}", NULL},
    /* What is changed is not always what is named first; a profile passes its role on. */
    {"iam", "AddRoleToInstanceProfile", NULL, NULL, PROFILE "{InstanceProfileName}", NULL},
    {"iam", "AddRoleToInstanceProfile", NULL, NULL, PROFILE "*/{InstanceProfileName}", NULL},
    {"iam", "AddRoleToInstanceProfile", NULL, "iam:PassRole", ROLE "{RoleName}", "ec2.amazonaws.com"},
    {"iam", "AddRoleToInstanceProfile", NULL, "iam:PassRole", ROLE "*/{RoleName}", "ec2.amazonaws.com"},
    {"iam", "RemoveRoleFromInstanceProfile", NULL, NULL, PROFILE "{InstanceProfileName}", NULL},
    {"iam", "RemoveRoleFromInstanceProfile", NULL, NULL, PROFILE "*/{InstanceProfileName}", NULL},
    {"iam", "AddUserToGroup", NULL, NULL, GROUP "{GroupName}", NULL},
    {"iam", "AddUserToGroup", NULL, NULL, GROUP "*/{GroupName}", NULL},
    {"iam", "RemoveUserFromGroup", NULL, NULL, GROUP "{GroupName}", NULL},
    {"iam", "RemoveUserFromGroup", NULL, NULL, GROUP "*/{GroupName}", NULL},
    {"iam", "CreateUser", "Tags", "iam:TagUser", USER "{UserName}", NULL},
    {"iam", "CreateUser", "Tags", "iam:TagUser", USER "*/{UserName}", NULL},
    {"iam", "CreateUser", NULL, NULL, USER "{UserName}", NULL},
    {"iam", "CreateUser", "Path", NULL, USER "*/{UserName}", NULL},
    {"iam", "*", "RoleName", NULL, ROLE "{RoleName}", NULL},
    {"iam", "*", "RoleName", NULL, ROLE "*/{RoleName}", NULL},
    {"iam", "*", "UserName", NULL, USER "{UserName}", NULL},
    {"iam", "*", "UserName", NULL, USER "*/{UserName}", NULL},
    {"iam", "*", "GroupName", NULL, GROUP "{GroupName}", NULL},
    {"iam", "*", "GroupName", NULL, GROUP "*/{GroupName}", NULL},
    {"iam", "*", "PolicyArn", NULL, "arn:{partition}:iam::{account}:policy/{PolicyArn}", NULL},

    {"elasticfilesystem", "CreateFileSystem", NULL, NULL, ANY, NULL},
    {"elasticfilesystem", "CreateFileSystem", "Tags", "elasticfilesystem:TagResource", "file-system/*", NULL},
    {"elasticfilesystem", "CreateAccessPoint", "Tags", "elasticfilesystem:TagResource", "access-point/*", NULL},
    {"elasticfilesystem", "CreateAccessPoint", NULL, NULL, "file-system/{FileSystemId}", NULL},
    {"elasticfilesystem", "DescribeFileSystems", NULL, NULL, "file-system/{FileSystemId}", NULL},
    {"elasticfilesystem", "TagResource", NULL, NULL, "*/{ResourceId}", NULL},
    {"elasticfilesystem", "UntagResource", NULL, NULL, "*/{ResourceId}", NULL},
    {"elasticfilesystem", "ListTagsForResource", NULL, NULL, "*/{ResourceId}", NULL},
    {"elasticfilesystem", "*", "AccessPointId", NULL, "access-point/{AccessPointId}", NULL},
    {"elasticfilesystem", "*", "FileSystemId", NULL, "file-system/{FileSystemId}", NULL},

    {"ec2", "RunInstances", NULL, NULL, "instance/*", NULL},
    {"ec2", "RunInstances", NULL, NULL, "volume/*", NULL},
    {"ec2", "RunInstances", NULL, NULL, "network-interface/*", NULL},
    {"ec2", "RunInstances", NULL, NULL, "arn:{partition}:ec2:{region}::image/{ImageId}", NULL},
    {"ec2", "RunInstances", NULL, NULL, "subnet/{SubnetId}", NULL},
    {"ec2", "RunInstances", NULL, NULL, "security-group/{SecurityGroupIds}", NULL},
    {"ec2", "RunInstances", "KeyName", NULL, "key-pair/{KeyName}", NULL},
    {"ec2", "RunInstances", "LaunchTemplate", NULL, "launch-template/{LaunchTemplate.LaunchTemplateId}", NULL},
    {"ec2", "RunInstances", "TagSpecifications", "ec2:CreateTags", "*/*", NULL},
    {"ec2", "RunInstances", "IamInstanceProfile", "iam:PassRole", ROLE "*", "ec2.amazonaws.com"},
    {"ec2", "CreateSecurityGroup", NULL, NULL, "security-group/*", NULL},
    {"ec2", "CreateSecurityGroup", NULL, NULL, "vpc/{VpcId}", NULL},
    {"ec2", "CreateSecurityGroup", "TagSpecifications", "ec2:CreateTags", "security-group/*", NULL},
    {"ec2", "CreateImage", NULL, NULL, "instance/{InstanceId}", NULL},
    {"ec2", "CreateImage", NULL, NULL, "arn:{partition}:ec2:{region}::image/*", NULL},
    {"ec2", "CreateImage", NULL, NULL, "arn:{partition}:ec2:{region}::snapshot/*", NULL},
    {"ec2", "CreateImage", "TagSpecifications", "ec2:CreateTags", "arn:{partition}:ec2:{region}::image/*", NULL},
    {"ec2", "CreateImage", "TagSpecifications", "ec2:CreateTags", "arn:{partition}:ec2:{region}::snapshot/*", NULL},
    {"ec2", "AttachVolume", NULL, NULL, "instance/{InstanceId}", NULL},
    {"ec2", "AttachVolume", NULL, NULL, "volume/{VolumeId}", NULL},
    {"ec2", "DetachVolume", NULL, NULL, "instance/{InstanceId}", NULL},
    {"ec2", "DetachVolume", NULL, NULL, "volume/{VolumeId}", NULL},
    {"ec2", "AssociateAddress", NULL, NULL, "elastic-ip/{AllocationId}", NULL},
    {"ec2", "AssociateAddress", "InstanceId", NULL, "instance/{InstanceId}", NULL},
    {"ec2", "AssociateAddress", NULL, NULL, "network-interface/{NetworkInterfaceId}", NULL},
    {"ec2", "AssociateIamInstanceProfile", NULL, NULL, "instance/{InstanceId}", NULL},
    {"ec2", "AssociateIamInstanceProfile", NULL, "iam:PassRole", ROLE "*", "ec2.amazonaws.com"},
    {"ec2", "CreateTags", NULL, NULL, "*/{Resources}", NULL},
    {"ec2", "DeleteTags", NULL, NULL, "*/{Resources}", NULL},
    {"ec2", "DeregisterImage", NULL, NULL, "arn:{partition}:ec2:{region}::image/{ImageId}", NULL},
    {"ec2", "DeleteSnapshot", NULL, NULL, "arn:{partition}:ec2:{region}::snapshot/{SnapshotId}", NULL},
    {"ec2", "Describe*", NULL, NULL, ANY, NULL},
    {"ec2", "*", "InstanceIds", NULL, "instance/{InstanceIds}", NULL},
    {"ec2", "*", "InstanceId", NULL, "instance/{InstanceId}", NULL},
    {"ec2", "*", "GroupId", NULL, "security-group/{GroupId}", NULL},
    {"ec2", "*", "KeyName", NULL, "key-pair/{KeyName}", NULL},

    {"autoscaling", "Describe*", NULL, NULL, ANY, NULL},
    {"autoscaling", "*", "AutoScalingGroupName", NULL, "autoScalingGroup:*:autoScalingGroupName/{AutoScalingGroupName}",
     NULL},
    {"autoscaling", "*", "LaunchConfigurationName", NULL,
     "launchConfiguration:*:launchConfigurationName/{LaunchConfigurationName}", NULL},

    {"sts", "AssumeRole", NULL, NULL, ROLE "{RoleArn}", NULL},
    {"sts", "AssumeRole", "Tags", "sts:TagSession", ROLE "{RoleArn}", NULL},
    {"sts", "AssumeRole", "SourceIdentity", "sts:SetSourceIdentity", ROLE "{RoleArn}", NULL},
    {"sts", "GetCallerIdentity", NULL, "", ANY, NULL},

    /* APIs behind API Gateway have operations of their own. */
    {"execute-api", "*", NULL, "execute-api:Invoke", "arn:{partition}:execute-api:{region}:{account}:*", NULL},
    {NULL, NULL, NULL, NULL, NULL, NULL},
};

const struct policy_made policy_makes[] = {
    {"imagebuilder", "CreateImage", "imageBuildVersionArn", "imageRecipeArn", IMAGE},
    {"imagebuilder", "CreateImage", "imageBuildVersionArn", "containerRecipeArn", CONTAINER_IMAGE},
    {"sns", "CreateTopic", "TopicArn", NULL, "{Name}"},
    {"sqs", "CreateQueue", "QueueUrl", NULL, "{QueueName}"},
    {"sqs", "GetQueueUrl", "QueueUrl", NULL, "{QueueName}"},
    {"lambda", "CreateFunction", "FunctionArn", NULL, "function:{FunctionName}"},
    {"secretsmanager", "CreateSecret", "ARN", NULL, "secret:{Name}-??????"},
    {"states", "CreateStateMachine", "stateMachineArn", NULL, "stateMachine:{name}"},
    {"states", "StartExecution", "executionArn", NULL, "execution:{stateMachineArn:tail}:*"},
    {"iam", "CreateRole", "Arn", "!Path", ROLE "{RoleName}"},
    {NULL, NULL, NULL, NULL, NULL},
};

bool policy_operation_fits(const char *pattern, sv operation) {
  sv text = sv_from(pattern);
  if (!sv_ends(text, SV("*"))) {
    return sv_eq_nocase(text, operation);
  }
  sv begin = sv_slice(text, 0, text.len - 1);
  return sv_eq_nocase(sv_slice(operation, 0, begin.len), begin);
}

/* Service Authorization Reference, "(service prefix: …)": those that differ from the signing name. */
sv policy_prefix(sv signing_name) {
  static const struct {
    const char *signing;
    const char *prefix;
  } rows[] = {{"monitoring", "cloudwatch"},
              {"email", "ses"},
              {"tagging", "tag"},
              {"mturk-requester", "mechanicalturk"},
              {"awsssoportal", "sso"},
              {"iotdata", "iot"},
              {"cloudcontrolapi", "cloudformation"},
              {"aws-marketplace-management", "aws-marketplace"}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    if (sv_eq(signing_name, sv_from(rows[i].signing))) {
      return sv_from(rows[i].prefix);
    }
  }
  return signing_name;
}
