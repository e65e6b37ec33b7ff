#!/usr/bin/env bash
# Written by "ottla design" for fraud. Change the design file and write it again.
# Where the registry is: SCHEMA_REGISTRY_URL. Needs curl and jq. A version that breaks the compatibility is refused by the registry.
set -euo pipefail

cd "$(dirname "$0")"
registry="${SCHEMA_REGISTRY_URL:?Say where the registry is: SCHEMA_REGISTRY_URL=http://host:8081}"

# payments.transaction.captured-value: BACKWARD: what is kept is of the last version or this one; deploy readers first
curl --fail-with-body --silent --show-error -X PUT -H 'Content-Type: application/json' --data '{"compatibility":"BACKWARD"}' "$registry/config/payments.transaction.captured-value"
jq -n --rawfile schema schemas/payments.transaction.captured.avsc '{schema: $schema}' | curl --fail-with-body --silent --show-error -X POST -H 'Content-Type: application/json' --data @- "$registry/subjects/payments.transaction.captured-value/versions"

# payments.transaction.enriched-value: BACKWARD: what is kept is of the last version or this one; deploy readers first
curl --fail-with-body --silent --show-error -X PUT -H 'Content-Type: application/json' --data '{"compatibility":"BACKWARD"}' "$registry/config/payments.transaction.enriched-value"
jq -n --rawfile schema schemas/payments.transaction.enriched.avsc '{schema: $schema}' | curl --fail-with-body --silent --show-error -X POST -H 'Content-Type: application/json' --data @- "$registry/subjects/payments.transaction.enriched-value/versions"

# fraud.alert.raised-value: BACKWARD_TRANSITIVE: a reader that begins at the beginning meets every version that is still kept; deploy readers first
curl --fail-with-body --silent --show-error -X PUT -H 'Content-Type: application/json' --data '{"compatibility":"BACKWARD_TRANSITIVE"}' "$registry/config/fraud.alert.raised-value"
jq -n --rawfile schema schemas/fraud.alert.raised.avsc '{schema: $schema}' | curl --fail-with-body --silent --show-error -X POST -H 'Content-Type: application/json' --data @- "$registry/subjects/fraud.alert.raised-value/versions"
