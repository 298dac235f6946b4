"""The requests of events and of what they go to: EventBridge's, SQS's and Step Functions'."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tests.support.aws_requests.call import Call, Item, Row

QUEUE = {
    "messageRetentionSeconds": "MessageRetentionPeriod",
    "sqsManagedSseEnabled": "SqsManagedSseEnabled",
    "kmsMasterKeyId": "KmsMasterKeyId",
    "visibilityTimeoutSeconds": "VisibilityTimeout",
}
"""Attributes, which the model does not describe. Source: the text of CreateQueue's `Attributes`."""


def queue(item: Item) -> Iterator[Call]:
    attributes = {key: item.text(name) for name, key in QUEUE.items() if item.has(name)}
    parameters = {"QueueName": item.take("name"), "Attributes": attributes}
    yield item.request("sqs", "CreateQueue", parameters, answers={"id": "QueueUrl", "url": "QueueUrl"})


def queue_policy(item: Item) -> Iterator[Call]:
    attributes = {"Policy": item.take("policy")}
    yield item.request("sqs", "SetQueueAttributes", {"Attributes": attributes})


def rule(item: Item) -> Iterator[Call]:
    yield item.request("events", "PutRule", answers={"arn": "RuleArn"})


def target(item: Item) -> Iterator[Call]:
    sent = {"Id": item.take("targetId"), "Arn": item.take("arn")}
    if item.has("roleArn"):
        sent["RoleArn"] = item.take("roleArn")
    yield item.request("events", "PutTargets", {"Targets": [sent]})


def state_machine(item: Item) -> Iterator[Call]:
    tags = [{"key": key, "value": value} for key, value in item.take("tags").items()]
    answers = {"arn": "stateMachineArn", "id": "stateMachineArn"}
    yield item.request("stepfunctions", "CreateStateMachine", {"tags": tags}, answers=answers)


ROWS: Mapping[str, Row] = {
    "aws:sqs/queue:Queue": queue,
    "aws:sqs/queuePolicy:QueuePolicy": queue_policy,
    "aws:cloudwatch/eventRule:EventRule": rule,
    "aws:cloudwatch/eventTarget:EventTarget": target,
    "aws:sfn/stateMachine:StateMachine": state_machine,
}
