"""Functions of the SDK that have an answer without an account."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Mapping
from typing import Final

from sandbox.providers.aws.account import USER, Account
from sandbox.providers.plan.checking import Checker
from sandbox.providers.plan.sdk import Sdk
from sandbox.providers.resource import ProviderError
from sandbox.providers.values import Properties, Value, as_list, as_object, as_text, from_json, has_unknown, revealed

Answer = Callable[[Properties, Account], Properties]


def answer(token: str, args: Properties, account: Account, sdk: Sdk, checker: Checker) -> Properties:
    """The function's result. Raises ProviderError for wrong arguments and for what only an account could answer."""
    sdk.check_arguments(token, args, checker)
    known = _ANSWERS.get(token)
    if known is None:
        raise ProviderError(
            f"The offline provider `aws` cannot answer `{token}`: it would have to ask an account. Give what it looks "
            "up in the stack's settings, or let Pulumi fetch its official plugin and give it credentials."
        )
    return {} if has_unknown(args) else known(revealed(args), account)


def _availability_zones(args: Properties, account: Account) -> Properties:
    del args
    letters = "abc"
    return {
        "id": account.region,
        "region": account.region,
        "names": [f"{account.region}{letter}" for letter in letters],
        "zoneIds": [f"{account.short_region}-az{number}" for number in range(1, len(letters) + 1)],
        "groupNames": [account.region],
        "state": "available",
    }


def _caller_identity(args: Properties, account: Account) -> Properties:
    del args
    return {
        "id": account.number,
        "accountId": account.number,
        "arn": account.arn("iam", "user/planned", region=""),
        "userId": USER,
    }


def _region(args: Properties, account: Account) -> Properties:
    name = args.get("region") or args.get("name") or account.region
    return {
        "id": name,
        "name": name,
        "region": name,
        "description": f"Region {name}",
        "endpoint": f"ec2.{name}.{account.domain}",
    }


def _partition(args: Properties, account: Account) -> Properties:
    del args
    reverse = ".".join(reversed(account.domain.split(".")))
    return {
        "id": account.partition,
        "partition": account.partition,
        "dnsSuffix": account.domain,
        "reverseDnsPrefix": reverse,
    }


def _image(args: Properties, account: Account) -> Properties:
    del args
    return {
        "id": "ami-00000000000000000",
        "imageId": "ami-00000000000000000",
        "architecture": "x86_64",
        "arn": account.arn("ec2", "image/ami-00000000000000000", account=""),
        "name": "planned",
        "state": "available",
    }


def _parameter(args: Properties, account: Account) -> Properties:
    name = str(args.get("name"))
    return {
        "id": name,
        "name": name,
        "arn": account.arn("ssm", f"parameter/{name.removeprefix('/')}"),
        "type": "String",
        "value": "planned",
        "insecureValue": "planned",
        "version": 1,
    }


def _zone(args: Properties, account: Account) -> Properties:
    """A public zone of that name; its number is made of the name, so that every stack finds the same one."""
    name = str(args.get("name")).removesuffix(".")
    id = args.get("zoneId") or f"Z{zlib.crc32(name.encode()):020X}"
    return {
        "id": id,
        "zoneId": id,
        "name": name,
        "arn": account.arn("route53", f"hostedzone/{id}", region="", account=""),
    }


def _policy_document(args: Properties, account: Account) -> Properties:
    del account
    statements = [_statement(as_object(item)) for item in as_list(args.get("statements"))]
    document: dict[str, object] = {"Version": args.get("version") or "2012-10-17"}
    if args.get("policyId"):
        document["Id"] = args["policyId"]
    merged = [statement for source in as_list(args.get("sourcePolicyDocuments")) for statement in _of(source)]
    overriding = [statement for source in as_list(args.get("overridePolicyDocuments")) for statement in _of(source)]
    document["Statement"] = _overridden([*merged, *statements], overriding)
    text = json.dumps(document, indent=2)
    minified = json.dumps(document, separators=(",", ":"))
    return {**args, "id": str(zlib.crc32(text.encode())), "json": text, "minifiedJson": minified}


def _of(source: Value) -> list[Properties]:
    """The statements of a policy's text."""
    try:
        document = json.loads(str(source))
    except ValueError:
        raise ProviderError("A source or override policy document is not JSON.") from None
    found = as_object(from_json(document)).get("Statement")
    return [as_object(item) for item in (found if isinstance(found, list) else [found])]


def _overridden(statements: list[Properties], by: list[Properties]) -> list[Properties]:
    """Statements with those of the same Sid replaced."""
    sids = {sid for statement in by if (sid := as_text(statement.get("Sid")))}
    return [statement for statement in statements if as_text(statement.get("Sid")) not in sids] + by


def _statement(given: Properties) -> Properties:
    """One statement, its keys in the order in which AWS's own documents have them."""
    made: Properties = {}
    if given.get("sid"):
        made["Sid"] = given["sid"]
    made["Effect"] = given.get("effect") or "Allow"
    for name, key in (("Principal", "principals"), ("NotPrincipal", "notPrincipals")):
        if as_list(given.get(key)):
            made[name] = _principals(as_list(given[key]))
    for name, key in _LISTS:
        entries = as_list(given.get(key))
        if entries:
            made[name] = _one_or_all(sorted(entries, key=str, reverse=True))
    conditions = as_list(given.get("conditions"))
    if conditions:
        made["Condition"] = _conditions(conditions)
    return made


_LISTS: Final = (
    ("Action", "actions"),
    ("NotAction", "notActions"),
    ("Resource", "resources"),
    ("NotResource", "notResources"),
)


def _principals(entries: list[Value]) -> Value:
    found: dict[str, list[Value]] = {}
    for entry in map(as_object, entries):
        found.setdefault(str(entry.get("type")), []).extend(as_list(entry.get("identifiers")))
    if found == {"*": ["*"]}:
        return "*"
    return {kind: _one_or_all(sorted(identifiers, key=str, reverse=True)) for kind, identifiers in found.items()}


def _conditions(entries: list[Value]) -> Value:
    found: dict[str, Value] = {}
    for entry in map(as_object, entries):
        test = found.setdefault(str(entry.get("test")), {})
        if isinstance(test, dict):
            test[str(entry.get("variable"))] = _one_or_all(as_list(entry.get("values")))
    return found


def _one_or_all(entries: list[Value]) -> Value:
    return entries[0] if len(entries) == 1 else entries


_ANSWERS: Final[Mapping[str, Answer]] = {
    "aws:index/getAvailabilityZones:getAvailabilityZones": _availability_zones,
    "aws:index/getCallerIdentity:getCallerIdentity": _caller_identity,
    "aws:index/getPartition:getPartition": _partition,
    "aws:index/getRegion:getRegion": _region,
    "aws:ec2/getAmi:getAmi": _image,
    "aws:iam/getPolicyDocument:getPolicyDocument": _policy_document,
    "aws:route53/getZone:getZone": _zone,
    "aws:ssm/getParameter:getParameter": _parameter,
}
