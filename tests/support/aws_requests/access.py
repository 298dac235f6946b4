"""The requests of rights, keys and secrets: IAM's, KMS's and Secrets Manager's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tests.support.aws_requests.call import Call, Item, Row


def role(item: Item) -> Iterator[Call]:
    renamed = {"name": "RoleName", "assumeRolePolicy": "AssumeRolePolicyDocument"}
    yield item.request("iam", "CreateRole", renamed=renamed, answers={"arn": "Role.Arn"})


def role_policy(item: Item) -> Iterator[Call]:
    renamed = {"name": "PolicyName", "role": "RoleName", "policy": "PolicyDocument"}
    yield item.request("iam", "PutRolePolicy", renamed=renamed)


def role_policy_attachment(item: Item) -> Iterator[Call]:
    yield item.request("iam", "AttachRolePolicy", renamed={"role": "RoleName"})


def instance_profile(item: Item) -> Iterator[Call]:
    name = {"InstanceProfileName": item.take("name")}
    yield item.request("iam", "CreateInstanceProfile", name, answers={"arn": "InstanceProfile.Arn"})
    yield item.call("iam", "AddRoleToInstanceProfile", {**name, "RoleName": item.take("role")})


def identity_provider(item: Item) -> Iterator[Call]:
    answers = {"arn": "OpenIDConnectProviderArn", "id": "OpenIDConnectProviderArn"}
    renamed = {"clientIdLists": "ClientIDList", "thumbprintLists": "ThumbprintList"}
    yield item.request("iam", "CreateOpenIDConnectProvider", renamed=renamed, answers=answers)


def key(item: Item) -> Iterator[Call]:
    item.leave("deletionWindowInDays", to="the deletion")
    turned = item.take("enableKeyRotation", False)
    yield item.request("kms", "CreateKey", answers={"id": "KeyMetadata.KeyId", "arn": "KeyMetadata.Arn"})
    if turned:
        yield item.call("kms", "EnableKeyRotation", {"KeyId": item.id})


def alias(item: Item) -> Iterator[Call]:
    yield item.request("kms", "CreateAlias", renamed={"name": "AliasName"})


def secret(item: Item) -> Iterator[Call]:
    item.leave("recoveryWindowInDays", to="the deletion")
    renamed = {"replicas": "AddReplicaRegions"}
    yield item.request("secretsmanager", "CreateSecret", renamed=renamed, answers={"arn": "ARN", "id": "ARN"})


def secret_version(item: Item) -> Iterator[Call]:
    yield item.request("secretsmanager", "PutSecretValue")


ROWS: Mapping[str, Row] = {
    "aws:iam/role:Role": role,
    "aws:iam/rolePolicy:RolePolicy": role_policy,
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": role_policy_attachment,
    "aws:iam/instanceProfile:InstanceProfile": instance_profile,
    "aws:iam/openIdConnectProvider:OpenIdConnectProvider": identity_provider,
    "aws:kms/key:Key": key,
    "aws:kms/alias:Alias": alias,
    "aws:secretsmanager/secret:Secret": secret,
    "aws:secretsmanager/secretVersion:SecretVersion": secret_version,
}
