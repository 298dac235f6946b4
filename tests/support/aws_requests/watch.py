"""The requests of what watches: CloudWatch, its logs, SNS, budgets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tests.support.aws_requests.call import Call, Item, Row


def log_group(item: Item) -> Iterator[Call]:
    days, name = item.take("retentionInDays"), item.take("name")
    yield item.request("logs", "CreateLogGroup", {"logGroupName": name})
    if days:
        yield item.call("logs", "PutRetentionPolicy", {"logGroupName": name, "retentionInDays": days})


def log_resource_policy(item: Item) -> Iterator[Call]:
    yield item.request("logs", "PutResourcePolicy")


def metric_alarm(item: Item) -> Iterator[Call]:
    yield item.request("cloudwatch", "PutMetricAlarm", renamed={"name": "AlarmName"})


def dashboard(item: Item) -> Iterator[Call]:
    yield item.request("cloudwatch", "PutDashboard")


def topic(item: Item) -> Iterator[Call]:
    key = {"KmsMasterKeyId": item.take("kmsMasterKeyId")} if item.has("kmsMasterKeyId") else {}
    answers = {"arn": "TopicArn", "id": "TopicArn"}
    yield item.request("sns", "CreateTopic", {"Attributes": key}, answers=answers)


def topic_policy(item: Item) -> Iterator[Call]:
    policy = {"AttributeName": "Policy", "AttributeValue": item.take("policy")}
    yield item.call("sns", "SetTopicAttributes", {"TopicArn": item.take("arn"), **policy})


def topic_subscription(item: Item) -> Iterator[Call]:
    yield item.request("sns", "Subscribe", renamed={"topic": "TopicArn"})


def budget(item: Item) -> Iterator[Call]:
    limit = {"Amount": item.take("limitAmount"), "Unit": item.take("limitUnit")}
    notices = [
        {
            "Notification": {
                "NotificationType": each["notificationType"],
                "ComparisonOperator": each["comparisonOperator"],
                "Threshold": each["threshold"],
                "ThresholdType": each["thresholdType"],
            },
            "Subscribers": [
                *({"SubscriptionType": "EMAIL", "Address": one} for one in each.get("subscriberEmailAddresses", [])),
                *({"SubscriptionType": "SNS", "Address": one} for one in each.get("subscriberSnsTopicArns", [])),
            ],
        }
        for each in item.take("notifications", [])
    ]
    filters = {each["name"]: each["values"] for each in item.take("costFilters", [])}
    tags = item.pairs()
    yield item.request(
        "budgets",
        "CreateBudget",
        {
            "AccountId": item.resource.id.partition(":")[0],
            "Budget": {"BudgetLimit": limit, "CostFilters": filters},
            "NotificationsWithSubscribers": notices,
            "ResourceTags": tags,
        },
        renamed={"name": "BudgetName"},
        under="Budget",
    )


ROWS: Mapping[str, Row] = {
    "aws:cloudwatch/logGroup:LogGroup": log_group,
    "aws:cloudwatch/logResourcePolicy:LogResourcePolicy": log_resource_policy,
    "aws:cloudwatch/metricAlarm:MetricAlarm": metric_alarm,
    "aws:cloudwatch/dashboard:Dashboard": dashboard,
    "aws:sns/topic:Topic": topic,
    "aws:sns/topicPolicy:TopicPolicy": topic_policy,
    "aws:sns/topicSubscription:TopicSubscription": topic_subscription,
    "aws:budgets/budget:Budget": budget,
}
