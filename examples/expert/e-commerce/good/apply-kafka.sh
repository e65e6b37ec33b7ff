#!/usr/bin/env bash
# Written by "ottla design" for shop. Change the design file and write it again.
# Where the cluster is: BOOTSTRAP_SERVERS, and COMMAND_CONFIG for a file with the login. KAFKA_BIN is where Kafka's tools are, if not on the PATH.
# What is there already stays as it is, so that it may be run again.
set -euo pipefail

: "${BOOTSTRAP_SERVERS:?Say where the cluster is: BOOTSTRAP_SERVERS=host:port}"
bin="${KAFKA_BIN:+$KAFKA_BIN/}"
config=()
if [ -n "${COMMAND_CONFIG:-}" ]; then config=(--command-config "$COMMAND_CONFIG"); fi

# the number of consumers of inventory-service decides; more would move keys to other partitions later, so growth is in
"${bin}"kafka-topics.sh --bootstrap-server "$BOOTSTRAP_SERVERS" --create --topic orders.order.created --partitions 9 --replication-factor 3 --config min.insync.replicas=2 --config cleanup.policy=delete --config retention.ms=2592000000 --config segment.bytes=1073741824 --config segment.ms=324000000 --config compression.type=producer --if-not-exists ${config[@]+"${config[@]}"}

# the rate of writing decides; more would move keys to other partitions later, so growth is in
"${bin}"kafka-topics.sh --bootstrap-server "$BOOTSTRAP_SERVERS" --create --topic orders.order.state --partitions 3 --replication-factor 3 --config min.insync.replicas=2 --config cleanup.policy=compact --config delete.retention.ms=86400000 --config segment.ms=604800000 --config compression.type=producer --if-not-exists ${config[@]+"${config[@]}"}

# the number of consumers of payment-service decides; more would move keys to other partitions later, so growth is in
"${bin}"kafka-topics.sh --bootstrap-server "$BOOTSTRAP_SERVERS" --create --topic inventory.product.reserved --partitions 30 --replication-factor 3 --config min.insync.replicas=2 --config cleanup.policy=delete --config retention.ms=604800000 --config segment.bytes=134217728 --config segment.ms=75600000 --config compression.type=producer --if-not-exists ${config[@]+"${config[@]}"}

# the number of consumers of order-state decides; more would move keys to other partitions later, so growth is in
"${bin}"kafka-topics.sh --bootstrap-server "$BOOTSTRAP_SERVERS" --create --topic payments.payment.completed --partitions 3 --replication-factor 3 --config min.insync.replicas=2 --config cleanup.policy=delete --config retention.ms=2592000000 --config segment.bytes=1073741824 --config segment.ms=324000000 --config compression.type=producer --if-not-exists ${config[@]+"${config[@]}"}

# the number of consumers of notification-service decides; more would move keys to other partitions later, so growth is in
"${bin}"kafka-topics.sh --bootstrap-server "$BOOTSTRAP_SERVERS" --create --topic notifications.email.requested --partitions 135 --replication-factor 3 --config min.insync.replicas=2 --config cleanup.policy=delete --config retention.ms=259200000 --config segment.bytes=134217728 --config segment.ms=32400000 --config compression.type=producer --if-not-exists ${config[@]+"${config[@]}"}

# if a hundredth of all records fail at the peak, so many are worked on at a time
"${bin}"kafka-topics.sh --bootstrap-server "$BOOTSTRAP_SERVERS" --create --topic shop.order-state.dlq --partitions 3 --replication-factor 3 --config min.insync.replicas=2 --config cleanup.policy=delete --config retention.ms=2592000000 --config compression.type=producer --if-not-exists ${config[@]+"${config[@]}"}

# if a hundredth of all records fail at the peak, so many are worked on at a time
"${bin}"kafka-topics.sh --bootstrap-server "$BOOTSTRAP_SERVERS" --create --topic shop.inventory-service.dlq --partitions 3 --replication-factor 3 --config min.insync.replicas=2 --config cleanup.policy=delete --config retention.ms=2592000000 --config compression.type=producer --if-not-exists ${config[@]+"${config[@]}"}

# if a hundredth of all records fail at the peak, so many are worked on at a time
"${bin}"kafka-topics.sh --bootstrap-server "$BOOTSTRAP_SERVERS" --create --topic shop.payment-service.dlq --partitions 3 --replication-factor 3 --config min.insync.replicas=2 --config cleanup.policy=delete --config retention.ms=1209600000 --config compression.type=producer --if-not-exists ${config[@]+"${config[@]}"}

# if a hundredth of all records fail at the peak, so many are worked on at a time
"${bin}"kafka-topics.sh --bootstrap-server "$BOOTSTRAP_SERVERS" --create --topic shop.notification-service.retry-30s --partitions 3 --replication-factor 3 --config min.insync.replicas=2 --config cleanup.policy=delete --config retention.ms=259200000 --config compression.type=producer --if-not-exists ${config[@]+"${config[@]}"}

# if a hundredth of all records fail at the peak, so many are worked on at a time
"${bin}"kafka-topics.sh --bootstrap-server "$BOOTSTRAP_SERVERS" --create --topic shop.notification-service.retry-10min --partitions 3 --replication-factor 3 --config min.insync.replicas=2 --config cleanup.policy=delete --config retention.ms=259200000 --config compression.type=producer --if-not-exists ${config[@]+"${config[@]}"}

# if a hundredth of all records fail at the peak, so many are worked on at a time
"${bin}"kafka-topics.sh --bootstrap-server "$BOOTSTRAP_SERVERS" --create --topic shop.notification-service.dlq --partitions 3 --replication-factor 3 --config min.insync.replicas=2 --config cleanup.policy=delete --config retention.ms=1209600000 --config compression.type=producer --if-not-exists ${config[@]+"${config[@]}"}

# order-service: it writes the event; that covers idempotence
"${bin}"kafka-acls.sh --bootstrap-server "$BOOTSTRAP_SERVERS" --add --allow-principal User:order-service --allow-host '*' --operation Write --topic orders.order.created --resource-pattern-type literal ${config[@]+"${config[@]}"}

# order-state: it writes the event; that covers idempotence
"${bin}"kafka-acls.sh --bootstrap-server "$BOOTSTRAP_SERVERS" --add --allow-principal User:order-state --allow-host '*' --operation Write --topic orders.order.state --resource-pattern-type literal ${config[@]+"${config[@]}"}

# order-state: it writes the event; that covers idempotence
"${bin}"kafka-acls.sh --bootstrap-server "$BOOTSTRAP_SERVERS" --add --allow-principal User:order-state --allow-host '*' --operation Write --topic notifications.email.requested --resource-pattern-type literal ${config[@]+"${config[@]}"}

# order-state: it reads the event
"${bin}"kafka-acls.sh --bootstrap-server "$BOOTSTRAP_SERVERS" --add --allow-principal User:order-state --allow-host '*' --operation Read --topic orders.order.created --resource-pattern-type literal ${config[@]+"${config[@]}"}

# order-state: it reads the event
"${bin}"kafka-acls.sh --bootstrap-server "$BOOTSTRAP_SERVERS" --add --allow-principal User:order-state --allow-host '*' --operation Read --topic inventory.product.reserved --resource-pattern-type literal ${config[@]+"${config[@]}"}

# order-state: it reads the event
"${bin}"kafka-acls.sh --bootstrap-server "$BOOTSTRAP_SERVERS" --add --allow-principal User:order-state --allow-host '*' --operation Read --topic payments.payment.completed --resource-pattern-type literal ${config[@]+"${config[@]}"}

# order-state: what it cannot handle ends there; somebody else reads it
"${bin}"kafka-acls.sh --bootstrap-server "$BOOTSTRAP_SERVERS" --add --allow-principal User:order-state --allow-host '*' --operation Write --topic shop.order-state.dlq --resource-pattern-type literal ${config[@]+"${config[@]}"}

# order-state: to be a member and to commit
"${bin}"kafka-acls.sh --bootstrap-server "$BOOTSTRAP_SERVERS" --add --allow-principal User:order-state --allow-host '*' --operation Read --group order-state --resource-pattern-type literal ${config[@]+"${config[@]}"}

# order-state: its transactions; each instance has its own id that begins so
"${bin}"kafka-acls.sh --bootstrap-server "$BOOTSTRAP_SERVERS" --add --allow-principal User:order-state --allow-host '*' --operation Write --transactional-id order-state.tx- --resource-pattern-type prefixed ${config[@]+"${config[@]}"}

# inventory-service: it writes the event; that covers idempotence
"${bin}"kafka-acls.sh --bootstrap-server "$BOOTSTRAP_SERVERS" --add --allow-principal User:inventory-service --allow-host '*' --operation Write --topic inventory.product.reserved --resource-pattern-type literal ${config[@]+"${config[@]}"}

# inventory-service: it reads the event
"${bin}"kafka-acls.sh --bootstrap-server "$BOOTSTRAP_SERVERS" --add --allow-principal User:inventory-service --allow-host '*' --operation Read --topic orders.order.created --resource-pattern-type literal ${config[@]+"${config[@]}"}

# inventory-service: what it cannot handle ends there; somebody else reads it
"${bin}"kafka-acls.sh --bootstrap-server "$BOOTSTRAP_SERVERS" --add --allow-principal User:inventory-service --allow-host '*' --operation Write --topic shop.inventory-service.dlq --resource-pattern-type literal ${config[@]+"${config[@]}"}

# inventory-service: to be a member and to commit
"${bin}"kafka-acls.sh --bootstrap-server "$BOOTSTRAP_SERVERS" --add --allow-principal User:inventory-service --allow-host '*' --operation Read --group inventory-service --resource-pattern-type literal ${config[@]+"${config[@]}"}

# payment-service: it writes the event; that covers idempotence
"${bin}"kafka-acls.sh --bootstrap-server "$BOOTSTRAP_SERVERS" --add --allow-principal User:payment-service --allow-host '*' --operation Write --topic payments.payment.completed --resource-pattern-type literal ${config[@]+"${config[@]}"}

# payment-service: it reads the event
"${bin}"kafka-acls.sh --bootstrap-server "$BOOTSTRAP_SERVERS" --add --allow-principal User:payment-service --allow-host '*' --operation Read --topic inventory.product.reserved --resource-pattern-type literal ${config[@]+"${config[@]}"}

# payment-service: what it cannot handle ends there; somebody else reads it
"${bin}"kafka-acls.sh --bootstrap-server "$BOOTSTRAP_SERVERS" --add --allow-principal User:payment-service --allow-host '*' --operation Write --topic shop.payment-service.dlq --resource-pattern-type literal ${config[@]+"${config[@]}"}

# payment-service: to be a member and to commit
"${bin}"kafka-acls.sh --bootstrap-server "$BOOTSTRAP_SERVERS" --add --allow-principal User:payment-service --allow-host '*' --operation Read --group payment-service --resource-pattern-type literal ${config[@]+"${config[@]}"}

# notification-service: it reads the event
"${bin}"kafka-acls.sh --bootstrap-server "$BOOTSTRAP_SERVERS" --add --allow-principal User:notification-service --allow-host '*' --operation Read --topic notifications.email.requested --resource-pattern-type literal ${config[@]+"${config[@]}"}

# notification-service: failed records wait there for their next try
"${bin}"kafka-acls.sh --bootstrap-server "$BOOTSTRAP_SERVERS" --add --allow-principal User:notification-service --allow-host '*' --operation Read --topic shop.notification-service.retry-30s --resource-pattern-type literal ${config[@]+"${config[@]}"}
"${bin}"kafka-acls.sh --bootstrap-server "$BOOTSTRAP_SERVERS" --add --allow-principal User:notification-service --allow-host '*' --operation Write --topic shop.notification-service.retry-30s --resource-pattern-type literal ${config[@]+"${config[@]}"}

# notification-service: failed records wait there for their next try
"${bin}"kafka-acls.sh --bootstrap-server "$BOOTSTRAP_SERVERS" --add --allow-principal User:notification-service --allow-host '*' --operation Read --topic shop.notification-service.retry-10min --resource-pattern-type literal ${config[@]+"${config[@]}"}
"${bin}"kafka-acls.sh --bootstrap-server "$BOOTSTRAP_SERVERS" --add --allow-principal User:notification-service --allow-host '*' --operation Write --topic shop.notification-service.retry-10min --resource-pattern-type literal ${config[@]+"${config[@]}"}

# notification-service: what it cannot handle ends there; somebody else reads it
"${bin}"kafka-acls.sh --bootstrap-server "$BOOTSTRAP_SERVERS" --add --allow-principal User:notification-service --allow-host '*' --operation Write --topic shop.notification-service.dlq --resource-pattern-type literal ${config[@]+"${config[@]}"}

# notification-service: to be a member and to commit
"${bin}"kafka-acls.sh --bootstrap-server "$BOOTSTRAP_SERVERS" --add --allow-principal User:notification-service --allow-host '*' --operation Read --group notification-service --resource-pattern-type literal ${config[@]+"${config[@]}"}

# for topics that are made later; brokers.properties has what running brokers do not take
"${bin}"kafka-configs.sh --bootstrap-server "$BOOTSTRAP_SERVERS" --alter --entity-type brokers --entity-default --add-config min.insync.replicas=2,unclean.leader.election.enable=false ${config[@]+"${config[@]}"}
