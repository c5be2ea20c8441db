#!/usr/bin/env bash
# Prints, as Markdown, what would change of regions: the first argument is a wave of `python -m infra.pipeline`, as JSON.
# Credentials are fetched anew for each, of the role that may read its templates (infra/pipeline/roles.yaml).
set -euo pipefail
cd "$(dirname "$0")/../.."

.venv/bin/python -c '
import json, sys
for each in json.loads(sys.argv[1]):
    print(each["region"], each["account"], each["aws_region"])
' "$1" | while read -r region account aws_region; do
    token=$(curl --silent --show-error --fail --header "authorization: bearer $ACTIONS_ID_TOKEN_REQUEST_TOKEN" \
        "$ACTIONS_ID_TOKEN_REQUEST_URL&audience=sts.amazonaws.com" \
        | .venv/bin/python -c 'import json, sys; print(json.load(sys.stdin)["value"])')
    printf '%s' "$token" > .token
    export AWS_WEB_IDENTITY_TOKEN_FILE="$PWD/.token" AWS_REGION="$aws_region" AWS_DEFAULT_REGION="$aws_region"
    export AWS_ROLE_ARN="arn:aws:iam::$account:role/qamqor-reader-$region"
    printf '### %s\n\n' "$region"
    printf '```\n'
    .venv/bin/python -m infra.changes --region "$region" < /dev/null 2>&1 || true
    printf '```\n\n<details><summary>cdk diff</summary>\n\n```\n'
    .tools/bin/cdk diff --app cdk.out --method template "qamqor-$region/*" < /dev/null 2>&1 || true
    printf '```\n\n</details>\n\n'
    rm -f .token
done
