"""One deployment of the product: a region file, and what its functions' packages are built for."""

from dataclasses import dataclass

from aws_cdk import RemovalPolicy

from infra.packaging.dependency import Target
from infra.region import RegionFile
from infra.region.schema import SecondAccount
from infra.toolchain import Architecture, host_architecture


@dataclass(frozen=True, kw_only=True)
class Deployment:
    region: RegionFile
    target: Target

    @property
    def architecture(self) -> Architecture:
        """Lambda's; of this machine where an emulator runs them."""
        return host_architecture() if self.target == "host" else self.target

    @property
    def local(self) -> bool:
        return self.region.local

    @property
    def name(self) -> str:
        """What the deployment's stacks and the few fixed names in them begin with."""
        return f"qamqor-{self.region.id}"

    @property
    def has_desk(self) -> bool:
        """Whether officers work at the page `/desk/`."""
        return self.region.officers is not None

    @property
    def second_account(self) -> SecondAccount | None:
        """Where copies of tables and photos go; an emulator has none."""
        return None if self.local else self.region.backup

    @property
    def removal(self) -> RemovalPolicy:
        """Of what is kept when its stack goes. What a failed first deployment had made goes with it, or it would stand in
        the way of the second.
        Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
        """
        return RemovalPolicy.DESTROY if self.local else RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE
