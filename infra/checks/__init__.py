"""Static checks of what is deployed and of the code: `python -m infra.checks`, or `make check`.

cdk-nag (AwsSolutions, NIST 800-53 r5, Serverless), cfn-guard (rules of our own and AWS Control Tower's), cfn-lint,
checkov and bandit. Each finding is mended or stands in `infra.checks.waivers` with the reason; a waiver that waives
nothing is a finding too.
"""
