"""The firewall before a region's domain: AWS's own rules, and how much may come from one address.

What people write is never a reason to be refused: rules that read a body only count. It is read as JSON of known fields
(pydantic), stored as text, and shown as text. Sources:
https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-baseline.html
https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-ip-rep.html
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from aws_cdk import aws_wafv2 as waf
from constructs import Construct

from infra.stacks.firewall_answers import ANSWERS, REFUSED, TOO_MANY

NOTED_PER_ADDRESS: Final = 2_000
MOST_PER_ADDRESS: Final = 10_000
"""Requests in five minutes. Mobile operators put thousands of phones behind one address: what is noted shows in the
metrics how near a town comes to what is refused."""
MOST_WITH_KEYS: Final = 30_000
"""Of those that show an API key, which has a limit of its own (3,000 in five minutes); several bodies share an address."""
WINDOW_S: Final = 300


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """A rule group of AWS's: what it blocks here, in our words, and what it counts. What it may block beside that is
    answered in AWS's words.
    """

    name: str
    blocks: tuple[str, ...]
    counts: tuple[str, ...] = ()


GROUPS: Final[Sequence[Group]] = (
    Group(
        name="AWSManagedRulesAmazonIpReputationList",
        blocks=("AWSManagedIPReputationList", "AWSManagedReconnaissanceList"),
        counts=("AWSManagedIPDDoSList",),
    ),
    Group(
        name="AWSManagedRulesCommonRuleSet",
        blocks=(
            *("NoUserAgent_HEADER", "UserAgent_BadBots_HEADER"),
            *("SizeRestrictions_QUERYSTRING", "SizeRestrictions_Cookie_HEADER", "SizeRestrictions_URIPATH"),
            *("EC2MetaDataSSRF_COOKIE", "EC2MetaDataSSRF_URIPATH", "EC2MetaDataSSRF_QUERYARGUMENTS"),
            *("GenericLFI_QUERYARGUMENTS", "GenericLFI_URIPATH"),
            *("RestrictedExtensions_URIPATH", "RestrictedExtensions_QUERYARGUMENTS"),
            *("GenericRFI_QUERYARGUMENTS", "GenericRFI_URIPATH"),
            *("CrossSiteScripting_COOKIE", "CrossSiteScripting_QUERYARGUMENTS", "CrossSiteScripting_URIPATH"),
        ),
        counts=(
            # Comments quote addresses and markup; a declaration of ten photos is longer than 8 KB.
            *("SizeRestrictions_BODY", "EC2MetaDataSSRF_BODY", "GenericLFI_BODY"),
            *("GenericRFI_BODY", "CrossSiteScripting_BODY"),
        ),
    ),
    Group(
        name="AWSManagedRulesKnownBadInputsRuleSet",
        blocks=(
            *("JavaDeserializationRCE_HEADER", "JavaDeserializationRCE_URIPATH"),
            *("JavaDeserializationRCE_QUERYSTRING", "Host_localhost_HEADER", "PROPFIND_METHOD"),
            *("ExploitablePaths_URIPATH", "Log4JRCE_HEADER", "Log4JRCE_QUERYSTRING", "Log4JRCE_URIPATH"),
        ),
        # There is no Java here to mislead.
        counts=("JavaDeserializationRCE_BODY", "Log4JRCE_BODY"),
    ),
)


def firewall(scope: Construct, id: str, *, name: str) -> waf.CfnWebACL:
    """For CloudFront, in us-east-1."""
    return waf.CfnWebACL(
        scope,
        id,
        name=name,
        scope="CLOUDFRONT",
        default_action=waf.CfnWebACL.DefaultActionProperty(allow={}),
        visibility_config=_visible(name),
        custom_response_bodies={
            key: waf.CfnWebACL.CustomResponseBodyProperty(
                content=json.dumps(answer, ensure_ascii=False), content_type="APPLICATION_JSON"
            )
            for key, answer in ANSWERS.items()
        },
        rules=[
            _rate(0, "ManyPerAddress", most=NOTED_PER_ADDRESS, with_keys=False, action=_counted()),
            _rate(1, "TooManyPerAddress", most=MOST_PER_ADDRESS, with_keys=False, action=_refused(TOO_MANY)),
            _rate(2, "TooManyWithKeys", most=MOST_WITH_KEYS, with_keys=True, action=_refused(TOO_MANY)),
            *[_managed(priority, group) for priority, group in enumerate(GROUPS, start=3)],
        ],
    )


def _rate(
    priority: int, name: str, *, most: int, with_keys: bool, action: waf.CfnWebACL.RuleActionProperty
) -> waf.CfnWebACL.RuleProperty:
    shows_key = waf.CfnWebACL.StatementProperty(
        byte_match_statement=waf.CfnWebACL.ByteMatchStatementProperty(
            field_to_match=waf.CfnWebACL.FieldToMatchProperty(single_header={"Name": "authorization"}),
            positional_constraint="STARTS_WITH",
            search_string="bearer qk_",
            text_transformations=[
                waf.CfnWebACL.TextTransformationProperty(priority=0, type="LOWERCASE"),
            ],
        )
    )
    shows_none = waf.CfnWebACL.StatementProperty(
        not_statement=waf.CfnWebACL.NotStatementProperty(statement=shows_key)
    )
    return waf.CfnWebACL.RuleProperty(
        name=name,
        priority=priority,
        action=action,
        visibility_config=_visible(name),
        statement=waf.CfnWebACL.StatementProperty(
            rate_based_statement=waf.CfnWebACL.RateBasedStatementProperty(
                limit=most,
                evaluation_window_sec=WINDOW_S,
                aggregate_key_type="IP",
                scope_down_statement=shows_key if with_keys else shows_none,
            )
        ),
    )


def _managed(priority: int, group: Group) -> waf.CfnWebACL.RuleProperty:
    actions = dict.fromkeys(group.blocks, _refused(REFUSED)) | dict.fromkeys(group.counts, _counted())
    return waf.CfnWebACL.RuleProperty(
        name=group.name,
        priority=priority,
        override_action=waf.CfnWebACL.OverrideActionProperty(none={}),
        visibility_config=_visible(group.name),
        statement=waf.CfnWebACL.StatementProperty(
            managed_rule_group_statement=waf.CfnWebACL.ManagedRuleGroupStatementProperty(
                vendor_name="AWS",
                name=group.name,
                rule_action_overrides=[
                    waf.CfnWebACL.RuleActionOverrideProperty(name=rule, action_to_use=action)
                    for rule, action in actions.items()
                ],
            )
        ),
    )


def _counted() -> waf.CfnWebACL.RuleActionProperty:
    return waf.CfnWebACL.RuleActionProperty(count={})


def _refused(key: str) -> waf.CfnWebACL.RuleActionProperty:
    status = ANSWERS[key]["status"]
    assert isinstance(status, int)
    wait = [waf.CfnWebACL.CustomHTTPHeaderProperty(name="retry-after", value=str(WINDOW_S))]
    return waf.CfnWebACL.RuleActionProperty(
        block=waf.CfnWebACL.BlockActionProperty(
            custom_response=waf.CfnWebACL.CustomResponseProperty(
                response_code=status,
                custom_response_body_key=key,
                response_headers=wait if status == 429 else None,
            )
        )
    )


def _visible(name: str) -> waf.CfnWebACL.VisibilityConfigProperty:
    return waf.CfnWebACL.VisibilityConfigProperty(
        cloud_watch_metrics_enabled=True, metric_name=name, sampled_requests_enabled=True
    )
