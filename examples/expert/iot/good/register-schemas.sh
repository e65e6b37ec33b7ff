#!/usr/bin/env bash
# Written by "ottla design" for iot. Change the design file and write it again.
# Where the registry is: SCHEMA_REGISTRY_URL. Needs curl and jq. A version that breaks the compatibility is refused by the registry.
set -euo pipefail

cd "$(dirname "$0")"
registry="${SCHEMA_REGISTRY_URL:?Say where the registry is: SCHEMA_REGISTRY_URL=http://host:8081}"

# devices.telemetry.measured-value: BACKWARD: what is kept is of the last version or this one; deploy readers first
curl --fail-with-body --silent --show-error -X PUT -H 'Content-Type: application/json' --data '{"compatibility":"BACKWARD"}' "$registry/config/devices.telemetry.measured-value"
jq -n --rawfile schema schemas/devices.telemetry.measured.avsc '{schema: $schema}' | curl --fail-with-body --silent --show-error -X POST -H 'Content-Type: application/json' --data @- "$registry/subjects/devices.telemetry.measured-value/versions"

# devices.device.described-value: FULL_TRANSITIVE: state stays for ever: today's readers read the oldest records, and old readers the newest, whoever is deployed first
curl --fail-with-body --silent --show-error -X PUT -H 'Content-Type: application/json' --data '{"compatibility":"FULL_TRANSITIVE"}' "$registry/config/devices.device.described-value"
jq -n --rawfile schema schemas/devices.device.described.avsc '{schema: $schema}' | curl --fail-with-body --silent --show-error -X POST -H 'Content-Type: application/json' --data @- "$registry/subjects/devices.device.described-value/versions"

# devices.telemetry.enriched-value: BACKWARD: what is kept is of the last version or this one; deploy readers first
curl --fail-with-body --silent --show-error -X PUT -H 'Content-Type: application/json' --data '{"compatibility":"BACKWARD"}' "$registry/config/devices.telemetry.enriched-value"
jq -n --rawfile schema schemas/devices.telemetry.enriched.avsc '{schema: $schema}' | curl --fail-with-body --silent --show-error -X POST -H 'Content-Type: application/json' --data @- "$registry/subjects/devices.telemetry.enriched-value/versions"

# devices.alert.raised-value: BACKWARD_TRANSITIVE: a reader that begins at the beginning meets every version that is still kept; deploy readers first
curl --fail-with-body --silent --show-error -X PUT -H 'Content-Type: application/json' --data '{"compatibility":"BACKWARD_TRANSITIVE"}' "$registry/config/devices.alert.raised-value"
jq -n --rawfile schema schemas/devices.alert.raised.avsc '{schema: $schema}' | curl --fail-with-body --silent --show-error -X POST -H 'Content-Type: application/json' --data @- "$registry/subjects/devices.alert.raised-value/versions"
