#!/usr/bin/env bash
# Written by "ottla design" for shop. Change the design file and write it again.
# Where the registry is: SCHEMA_REGISTRY_URL. Needs curl and jq. A version that breaks the compatibility is refused by the registry.
set -euo pipefail

cd "$(dirname "$0")"
registry="${SCHEMA_REGISTRY_URL:?Say where the registry is: SCHEMA_REGISTRY_URL=http://host:8081}"

# orders.order.created-value: BACKWARD_TRANSITIVE: a reader that begins at the beginning meets every version that is still kept; deploy readers first
curl --fail-with-body --silent --show-error -X PUT -H 'Content-Type: application/json' --data '{"compatibility":"BACKWARD_TRANSITIVE"}' "$registry/config/orders.order.created-value"
jq -n --rawfile schema schemas/orders.order.created.avsc '{schema: $schema}' | curl --fail-with-body --silent --show-error -X POST -H 'Content-Type: application/json' --data @- "$registry/subjects/orders.order.created-value/versions"

# orders.order.state-value: FULL_TRANSITIVE: state stays for ever: today's readers read the oldest records, and old readers the newest, whoever is deployed first
curl --fail-with-body --silent --show-error -X PUT -H 'Content-Type: application/json' --data '{"compatibility":"FULL_TRANSITIVE"}' "$registry/config/orders.order.state-value"
jq -n --rawfile schema schemas/orders.order.state.avsc '{schema: $schema}' | curl --fail-with-body --silent --show-error -X POST -H 'Content-Type: application/json' --data @- "$registry/subjects/orders.order.state-value/versions"

# inventory.product.reserved-value: BACKWARD: what is kept is of the last version or this one; deploy readers first
curl --fail-with-body --silent --show-error -X PUT -H 'Content-Type: application/json' --data '{"compatibility":"BACKWARD"}' "$registry/config/inventory.product.reserved-value"
jq -n --rawfile schema schemas/inventory.product.reserved.avsc '{schema: $schema}' | curl --fail-with-body --silent --show-error -X POST -H 'Content-Type: application/json' --data @- "$registry/subjects/inventory.product.reserved-value/versions"

# payments.payment.completed-value: BACKWARD_TRANSITIVE: a reader that begins at the beginning meets every version that is still kept; deploy readers first
curl --fail-with-body --silent --show-error -X PUT -H 'Content-Type: application/json' --data '{"compatibility":"BACKWARD_TRANSITIVE"}' "$registry/config/payments.payment.completed-value"
jq -n --rawfile schema schemas/payments.payment.completed.avsc '{schema: $schema}' | curl --fail-with-body --silent --show-error -X POST -H 'Content-Type: application/json' --data @- "$registry/subjects/payments.payment.completed-value/versions"

# notifications.email.requested-value: BACKWARD: what is kept is of the last version or this one; deploy readers first
curl --fail-with-body --silent --show-error -X PUT -H 'Content-Type: application/json' --data '{"compatibility":"BACKWARD"}' "$registry/config/notifications.email.requested-value"
jq -n --rawfile schema schemas/notifications.email.requested.avsc '{schema: $schema}' | curl --fail-with-body --silent --show-error -X POST -H 'Content-Type: application/json' --data @- "$registry/subjects/notifications.email.requested-value/versions"
