"""Names as AWS takes them, each with its sentence."""

from __future__ import annotations

from typing import Annotated, Final

from components.settings.text import Matching

Region = Annotated[
    str,
    Matching(
        r"(us|eu|ap|ca|sa|me|af|il|mx)(-gov)?-(north|south|east|west|central|northeast|northwest|southeast|southwest)-[1-9]",
        "a region of AWS, such as us-east-1 or eu-west-3",
    ),
]
"""Source: https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html (2026-11-24). China has
accounts and endpoints of its own and is left out."""
AccountId = Annotated[
    str, Matching(r"[0-9]{12}", 'the twelve digits of an AWS account, in quotes, such as "123456789012"')
]
ZoneLetter = Annotated[str, Matching(r"[a-z]", "the letter of an availability zone, such as a for us-east-1a")]
EmailAddress = Annotated[
    str, Matching(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+", "an e-mail address, such as ops@jarvis.com", max_length=254)
]
RoleArn = Annotated[
    str,
    Matching(
        r"arn:aws(-us-gov)?:iam::[0-9]{12}:(role|user)/[A-Za-z0-9+=,.@_/-]{1,512}",
        "the ARN of an IAM role or user, such as arn:aws:iam::123456789012:role/platform-admin",
    ),
]
EndpointService = Annotated[
    str, Matching(r"[a-z0-9]+([.-][a-z0-9]+)*", "a service's short name as VPC endpoints have it, such as ecr.api")
]

ResourceName = Annotated[
    str,
    Matching(
        r"(?!.*--)[a-z]([a-z0-9-]*[a-z0-9])?",
        "lower-case letters, digits and hyphens, 63 at most, a letter first, no hyphen last and no two together",
        max_length=63,
    ),
]
"""A database's identifier and whatever is named alike.

Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html (2026-11-24).
"""
BucketName = Annotated[
    str,
    Matching(
        r"(?!xn--|sthree-|amzn-s3-demo-)(?!.*(-s3alias|--ol-s3|--x-s3)$)[a-z0-9][a-z0-9-]{1,61}[a-z0-9]",
        "a bucket's name, which nobody else in the world has: 3 to 63 lower-case letters, digits and hyphens, no "
        "hyphen first or last, such as jarvis-production-backups",
    ),
]
"""Without dots, which no certificate of S3 fits.

Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html (2026-11-24).
"""
Window = Annotated[
    str,
    Matching(
        r"([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]",
        "two times of the day in UTC, such as 03:00-04:00",
    ),
]
WeeklyWindow = Annotated[
    str,
    Matching(
        r"(mon|tue|wed|thu|fri|sat|sun):([01][0-9]|2[0-3]):[0-5][0-9]-(mon|tue|wed|thu|fri|sat|sun):([01][0-9]|2[0-3]):[0-5][0-9]",
        "two times of the week in UTC, such as sun:04:00-sun:05:00",
    ),
]

LOG_RETENTION_DAYS: Final = (
    1,
    3,
    5,
    7,
    14,
    30,
    60,
    90,
    120,
    150,
    180,
    365,
    400,
    545,
    731,
    1096,
    1827,
    2192,
    2557,
    2922,
    3288,
    3653,
)
"""The only ones that CloudWatch Logs knows.

Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html (2026-11-24).
"""
