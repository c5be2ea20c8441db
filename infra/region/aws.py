"""What of AWS a region's stacks stand in, whatever its file says."""

from typing import Final

EDGE_REGION: Final = "us-east-1"
"""CloudFront takes web ACLs and certificates from it alone."""

ZONES: Final = ("a", "b")
"""Of the region's AWS Region, where it asks for fixed addresses: one that fails takes no webhooks along."""
