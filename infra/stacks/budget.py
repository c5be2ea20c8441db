"""What a region is meant to cost in a month, where its file says so: whoever receives alarms is told in time.

Costs are the region's by its tag, which counts once it is activated as a cost allocation tag in the account's billing.
Source: https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-create-filters.html
"""

from typing import Final

from aws_cdk import aws_budgets as budgets
from constructs import Construct

from infra.stacks.deployment import Deployment

RECEIVERS_MOST: Final = 10
"""E-mail addresses that one notification may have."""


def budget(scope: Construct, id: str, *, deployment: Deployment, dollars: int) -> budgets.CfnBudget:
    """Told at 80 % of what is spent, and as soon as more than all of it is foreseen."""
    receivers = [
        budgets.CfnBudget.SubscriberProperty(subscription_type="EMAIL", address=address)
        for address in deployment.region.alarm_emails[:RECEIVERS_MOST]
    ]
    return budgets.CfnBudget(
        scope,
        id,
        budget=budgets.CfnBudget.BudgetDataProperty(
            budget_name=deployment.name,
            budget_type="COST",
            time_unit="MONTHLY",
            budget_limit=budgets.CfnBudget.SpendProperty(amount=dollars, unit="USD"),
            cost_filters={"TagKeyValue": [f"user:region${deployment.region.id}"]},
        ),
        notifications_with_subscribers=[
            budgets.CfnBudget.NotificationWithSubscribersProperty(
                notification=budgets.CfnBudget.NotificationProperty(
                    notification_type=kind,
                    comparison_operator="GREATER_THAN",
                    threshold=share,
                    threshold_type="PERCENTAGE",
                ),
                subscribers=receivers,
            )
            for kind, share in (("ACTUAL", 80), ("FORECASTED", 100))
        ],
    )
