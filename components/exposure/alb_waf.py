"""What AWS WAF refuses before it reaches the stack."""

from __future__ import annotations

from typing import Final

import pulumi
from pulumi_aws import wafv2

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
