"""What AWS WAF refuses before it reaches the stack."""

from __future__ import annotations

from typing import Final, Literal

import pulumi
from pulumi_aws import cloudwatch, wafv2

from components.aws.iam import policy
from components.aws.logs import log_group
from components.cloud.aws.contract import AwsCloud
from components.exposure.alb_settings import Waf

_MANAGED: Final = (
    "AWSManagedRulesAmazonIpReputationList",
    "AWSManagedRulesCommonRuleSet",
    "AWSManagedRulesKnownBadInputsRuleSet",
    "AWSManagedRulesSQLiRuleSet",
)
"""Source: https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-list.html (2026-11-24)."""
_COUNTED: Final = {"AWSManagedRulesCommonRuleSet": ("SizeRestrictions_BODY",)}
"""Rules that refuse what is right here: recordings of speech are larger than 8 KiB."""


def firewall(settings: Waf, *, cloud: AwsCloud, load_balancer: pulumi.Input[str], parent: pulumi.Resource) -> None:
    """Put a web ACL before the load balancer."""
    name = cloud.name
    limit = wafv2.WebAclRuleArgs(
        name="rate",
        priority=0,
        action=wafv2.WebAclRuleActionArgs(block=wafv2.WebAclRuleActionBlockArgs()),
        statement=wafv2.WebAclRuleStatementArgs(
            rate_based_statement=wafv2.WebAclRuleStatementRateBasedStatementArgs(
                aggregate_key_type="IP", limit=settings.requests_in_5_minutes, evaluation_window_sec=300
            )
        ),
        visibility_config=_rule_visibility("rate"),
    )
    acl = wafv2.WebAcl(
        "firewall",
        name=name,
        scope="REGIONAL",
        description=f"Before the load balancer of {name}",
        default_action=wafv2.WebAclDefaultActionArgs(allow=wafv2.WebAclDefaultActionAllowArgs()),
        rules=[limit, *(_managed(group, priority) for priority, group in enumerate(_MANAGED, start=1))],
        visibility_config=wafv2.WebAclVisibilityConfigArgs(
            cloudwatch_metrics_enabled=True, metric_name=name, sampled_requests_enabled=True
        ),
        tags=cloud.named(name),
        opts=cloud.child_of(parent),
    )
    wafv2.WebAclAssociation("firewall", resource_arn=load_balancer, web_acl_arn=acl.arn, opts=cloud.child_of(parent))
    if settings.logged is not None:
        _log(settings.logged, acl, cloud=cloud, parent=parent)


def _log(what: Literal["refused", "all"], acl: wafv2.WebAcl, *, cloud: AwsCloud, parent: pulumi.Resource) -> None:
    """Requests in CloudWatch Logs, without what lets somebody in.

    The group's name must begin so: https://docs.aws.amazon.com/waf/latest/APIReference/API_LoggingConfiguration.html
    (2026-11-24). The policy is the stack's own, since that which WAF itself keeps for all groups of the account
    outgrows what a policy may have (SDK's text on the type).
    """
    name = f"aws-waf-logs-{cloud.name}"
    group = log_group("firewall", name, cloud=cloud, parent=parent)
    may_write = {
        "Effect": "Allow",
        "Principal": {"Service": "delivery.logs.amazonaws.com"},
        "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
        "Resource": group.arn.apply(lambda arn: f"{arn}:*"),
        "Condition": {"StringEquals": {"aws:SourceAccount": cloud.account_id}},
    }
    rights = cloudwatch.LogResourcePolicy(
        "firewall", policy_name=name, policy_document=policy(may_write), opts=cloud.child_of(parent)
    )
    wafv2.WebAclLoggingConfiguration(
        "firewall",
        resource_arn=acl.arn,
        log_destination_configs=[group.arn],
        redacted_fields=[
            wafv2.WebAclLoggingConfigurationRedactedFieldArgs(
                single_header=wafv2.WebAclLoggingConfigurationRedactedFieldSingleHeaderArgs(name=header)
            )
            for header in ("authorization", "cookie")
        ],
        logging_filter=None if what == "all" else _matched_only(),
        opts=cloud.child_of(parent, rights),
    )


def _matched_only() -> wafv2.WebAclLoggingConfigurationLoggingFilterArgs:
    """What was blocked, or counted, which is how a rule is tried out."""
    return wafv2.WebAclLoggingConfigurationLoggingFilterArgs(
        default_behavior="DROP",
        filters=[
            wafv2.WebAclLoggingConfigurationLoggingFilterFilterArgs(
                behavior="KEEP",
                requirement="MEETS_ANY",
                conditions=[
                    wafv2.WebAclLoggingConfigurationLoggingFilterFilterConditionArgs(
                        action_condition=wafv2.WebAclLoggingConfigurationLoggingFilterFilterConditionActionConditionArgs(
                            action=action
                        )
                    )
                    for action in ("BLOCK", "COUNT", "EXCLUDED_AS_COUNT")
                ],
            )
        ],
    )


def _managed(group: str, priority: int) -> wafv2.WebAclRuleArgs:
    count = wafv2.WebAclRuleStatementManagedRuleGroupStatementRuleActionOverrideActionToUseArgs(
        count=wafv2.WebAclRuleStatementManagedRuleGroupStatementRuleActionOverrideActionToUseCountArgs()
    )
    return wafv2.WebAclRuleArgs(
        name=group,
        priority=priority,
        override_action=wafv2.WebAclRuleOverrideActionArgs(none=wafv2.WebAclRuleOverrideActionNoneArgs()),
        statement=wafv2.WebAclRuleStatementArgs(
            managed_rule_group_statement=wafv2.WebAclRuleStatementManagedRuleGroupStatementArgs(
                vendor_name="AWS",
                name=group,
                rule_action_overrides=[
                    wafv2.WebAclRuleStatementManagedRuleGroupStatementRuleActionOverrideArgs(
                        name=rule, action_to_use=count
                    )
                    for rule in _COUNTED.get(group, ())
                ],
            )
        ),
        visibility_config=_rule_visibility(group),
    )


def _rule_visibility(name: str) -> wafv2.WebAclRuleVisibilityConfigArgs:
    return wafv2.WebAclRuleVisibilityConfigArgs(
        cloudwatch_metrics_enabled=True, metric_name=name, sampled_requests_enabled=True
    )
