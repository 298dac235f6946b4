"""The requests of load balancing and of its firewall: Elastic Load Balancing's and WAF's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tests.support.aws_requests.call import Call, Item, Parameters, Row

BALANCER = {
    "idleTimeout": "idle_timeout.timeout_seconds",
    "enableDeletionProtection": "deletion_protection.enabled",
    "enableHttp2": "routing.http2.enabled",
    "enableZonalShift": "zonal_shift.config.enabled",
    "dropInvalidHeaderFields": "routing.http.drop_invalid_header_fields.enabled",
    "desyncMitigationMode": "routing.http.desync_mitigation_mode",
}
LOGS = {
    "accessLogs": "access_logs.s3",
    "connectionLogs": "connection_logs.s3",
    "healthCheckLogs": "health_check_logs.s3",
}
TARGETS = {"deregistrationDelay": "deregistration_delay.timeout_seconds"}
LISTENER = {
    "routingHttpResponseServerEnabled": "routing.http.response.server.enabled",
    "routingHttpResponseStrictTransportSecurityHeaderValue": (
        "routing.http.response.strict_transport_security.header_value"
    ),
}
HEALTH = {
    "path": "HealthCheckPath",
    "port": "HealthCheckPort",
    "protocol": "HealthCheckProtocol",
    "interval": "HealthCheckIntervalSeconds",
    "timeout": "HealthCheckTimeoutSeconds",
    "healthyThreshold": "HealthyThresholdCount",
    "unhealthyThreshold": "UnhealthyThresholdCount",
    "enabled": "HealthCheckEnabled",
}
CONFIGURED = {
    "redirect": "RedirectConfig",
    "fixedResponse": "FixedResponseConfig",
    "forward": "ForwardConfig",
    "hostHeader": "HostHeaderConfig",
    "pathPattern": "PathPatternConfig",
    "httpHeader": "HttpHeaderConfig",
    "sourceIp": "SourceIpConfig",
}
CONDITIONS = {"hostHeader": "host-header", "pathPattern": "path-pattern", "sourceIp": "source-ip"}


def load_balancer(item: Item) -> Iterator[Call]:
    answers = {"arn": "LoadBalancers[0].LoadBalancerArn", "id": "LoadBalancers[0].LoadBalancerArn"}
    scheme = "internal" if item.take("internal", False) else "internet-facing"
    yield item.request(
        "elbv2",
        "CreateLoadBalancer",
        {"Scheme": scheme},
        renamed={"loadBalancerType": "Type"},
        answers={**answers, "dnsName": "LoadBalancers[0].DNSName", "zoneId": "LoadBalancers[0].CanonicalHostedZoneId"},
    )
    logs = [
        {"Key": f"{start}.{key}", "Value": _text(value)}
        for name, start in LOGS.items()
        for key, value in item.take(name, {}).items()
    ]
    change = {"LoadBalancerArn": item.resource.outputs["arn"], "Attributes": [*_attributes(item, BALANCER), *logs]}
    yield item.call("elbv2", "ModifyLoadBalancerAttributes", change)


def target_group(item: Item) -> Iterator[Call]:
    check = dict(item.take("healthCheck", {}))
    matcher = {"Matcher": {"HttpCode": check.pop("matcher")}} if "matcher" in check else {}
    answer = "TargetGroups[0].TargetGroupArn"
    yield item.request(
        "elbv2",
        "CreateTargetGroup",
        {**{HEALTH[key]: value for key, value in check.items()}, **matcher},
        answers={"arn": answer, "id": answer},
    )
    change = {"TargetGroupArn": item.resource.outputs["arn"], "Attributes": _attributes(item, TARGETS)}
    yield item.call("elbv2", "ModifyTargetGroupAttributes", change)


def listener(item: Item) -> Iterator[Call]:
    answer = "Listeners[0].ListenerArn"
    certificate = item.take("certificateArn")
    yield item.request(
        "elbv2",
        "CreateListener",
        {"Certificates": [{"CertificateArn": certificate}]} if certificate else {},
        renamed=CONFIGURED,
        answers={"arn": answer, "id": answer},
    )
    attributes = _attributes(item, LISTENER)
    if attributes:
        change = {"ListenerArn": item.resource.outputs["arn"], "Attributes": attributes}
        yield item.call("elbv2", "ModifyListenerAttributes", change)


def listener_rule(item: Item) -> Iterator[Call]:
    conditions = [
        {"Field": CONDITIONS[name], CONFIGURED[name]: {"Values": value["values"]}}
        for condition in item.take("conditions")
        for name, value in condition.items()
    ]
    answers = {"arn": "Rules[0].RuleArn", "id": "Rules[0].RuleArn"}
    yield item.request("elbv2", "CreateRule", {"Conditions": conditions}, renamed=CONFIGURED, answers=answers)


def _attributes(item: Item, names: Mapping[str, str]) -> list[Parameters]:
    return [{"Key": key, "Value": item.text(name)} for name, key in names.items() if item.has(name)]


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def web_acl(item: Item) -> Iterator[Call]:
    answers = {"arn": "Summary.ARN", "id": "Summary.Id"}
    yield item.request("wafv2", "CreateWebACL", answers=answers)


def web_acl_association(item: Item) -> Iterator[Call]:
    yield item.request("wafv2", "AssociateWebACL")


def web_acl_logging(item: Item) -> Iterator[Call]:
    yield item.request("wafv2", "PutLoggingConfiguration", under="LoggingConfiguration")


ROWS: Mapping[str, Row] = {
    "aws:lb/loadBalancer:LoadBalancer": load_balancer,
    "aws:lb/targetGroup:TargetGroup": target_group,
    "aws:lb/listener:Listener": listener,
    "aws:lb/listenerRule:ListenerRule": listener_rule,
    "aws:wafv2/webAcl:WebAcl": web_acl,
    "aws:wafv2/webAclAssociation:WebAclAssociation": web_acl_association,
    "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration": web_acl_logging,
}
