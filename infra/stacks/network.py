"""Fixed addresses for what calls agencies, where the region file asks for them: they cost two NAT gateways."""

from aws_cdk import Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.region.aws import ZONES
from infra.stacks.deployment import Deployment


def zones(deployment: Deployment) -> list[str]:
    """Named, not looked up in the account: a synthesis depends on the commit alone."""
    return [f"{deployment.region.aws_region}{zone}" for zone in ZONES]


class Network(Construct):
    """Two zones, so that one that fails takes no webhooks along; each has a NAT gateway with an address of its own."""

    def __init__(self, scope: Construct, id: str, *, deployment: Deployment) -> None:
        super().__init__(scope, id)
        addresses = [ec2.CfnEIP(self, f"Address{zone.upper()}", domain="vpc") for zone in ZONES]
        self.vpc = ec2.Vpc(
            self,
            "Vpc",
            ip_addresses=ec2.IpAddresses.cidr("10.0.0.0/20"),
            availability_zones=zones(deployment),
            nat_gateway_provider=ec2.NatProvider.gateway(
                eip_allocation_ids=[address.attr_allocation_id for address in addresses]
            ),
            subnet_configuration=[
                ec2.SubnetConfiguration(
                    name="Out",
                    subnet_type=ec2.SubnetType.PUBLIC,
                    cidr_mask=28,
                    map_public_ip_on_launch=False,
                ),
                ec2.SubnetConfiguration(
                    name="Functions", subnet_type=ec2.SubnetType.PRIVATE_WITH_EGRESS, cidr_mask=23
                ),
            ],
            # The CDK's own way of closing the default group is a function of Node.
            restrict_default_security_group=False,
        )
        self.vpc.add_gateway_endpoint("DynamoDb", service=ec2.GatewayVpcEndpointAwsService.DYNAMODB)
        self.group = ec2.SecurityGroup(
            self,
            "Outward",
            vpc=self.vpc,
            description="Out over https alone; nothing comes in",
            allow_all_outbound=False,
        )
        self.group.add_egress_rule(ec2.Peer.any_ipv4(), ec2.Port.tcp(443), "agencies and AWS")
        self.addresses = [address.attr_public_ip for address in addresses]
        self._log(deployment)

    def _log(self, deployment: Deployment) -> None:
        """What was refused: somebody tries where nobody should."""
        group = logs.LogGroup(
            self,
            "Flows",
            retention=logs.RetentionDays.THREE_MONTHS,
            removal_policy=deployment.removal,
        )
        role = iam.Role(self, "FlowsRole", assumed_by=iam.ServicePrincipal("vpc-flow-logs.amazonaws.com"))
        self.vpc.add_flow_log(
            "Rejected",
            destination=ec2.FlowLogDestination.to_cloud_watch_logs(group, role),
            traffic_type=ec2.FlowLogTrafficType.REJECT,
        )


def let_into_network(role: iam.Role, *, scope: Construct) -> None:
    """What Lambda needs to put a function into a VPC: none of these knows a resource before it is made."""
    role.add_to_policy(
        iam.PolicyStatement(
            actions=[
                "ec2:CreateNetworkInterface",
                "ec2:DeleteNetworkInterface",
                "ec2:DescribeNetworkInterfaces",
                "ec2:DescribeSubnets",
                "ec2:AssignPrivateIpAddresses",
                "ec2:UnassignPrivateIpAddresses",
            ],
            resources=["*"],
            conditions={"StringEquals": {"aws:RequestedRegion": Stack.of(scope).region}},
        )
    )
