#!/usr/bin/env bash
# Written by "ottla design" for shop. Change the design file and write it again.
# Where the cluster is: OTTLA_BOOTSTRAP_SERVER, and OTTLA_COMMAND_CONFIG for a file with the login.
# What is there already stays as it is, so that it may be run again.
set -euo pipefail

config=()
if [ -n "${OTTLA_COMMAND_CONFIG:-}" ]; then config=(--command-config "$OTTLA_COMMAND_CONFIG"); fi

# the number of consumers of inventory-service decides; more would move keys to other partitions later, so growth is in
ottla topics create orders.order.created --partitions 9 --replication-factor 3 --config min.insync.replicas=2 --config cleanup.policy=delete --config retention.ms=2592000000 --config segment.bytes=1073741824 --config segment.ms=324000000 --config compression.type=producer --if-not-exists ${config[@]+"${config[@]}"}

# the rate of writing decides; more would move keys to other partitions later, so growth is in
ottla topics create orders.order.state --partitions 3 --replication-factor 3 --config min.insync.replicas=2 --config cleanup.policy=compact --config delete.retention.ms=86400000 --config segment.ms=604800000 --config compression.type=producer --if-not-exists ${config[@]+"${config[@]}"}

# the number of consumers of payment-service decides; more would move keys to other partitions later, so growth is in
ottla topics create inventory.product.reserved --partitions 30 --replication-factor 3 --config min.insync.replicas=2 --config cleanup.policy=delete --config retention.ms=604800000 --config segment.bytes=134217728 --config segment.ms=75600000 --config compression.type=producer --if-not-exists ${config[@]+"${config[@]}"}

# the number of consumers of order-state decides; more would move keys to other partitions later, so growth is in
ottla topics create payments.payment.completed --partitions 3 --replication-factor 3 --config min.insync.replicas=2 --config cleanup.policy=delete --config retention.ms=2592000000 --config segment.bytes=1073741824 --config segment.ms=324000000 --config compression.type=producer --if-not-exists ${config[@]+"${config[@]}"}

# the number of consumers of notification-service decides; more would move keys to other partitions later, so growth is in
ottla topics create notifications.email.requested --partitions 135 --replication-factor 3 --config min.insync.replicas=2 --config cleanup.policy=delete --config retention.ms=259200000 --config segment.bytes=134217728 --config segment.ms=32400000 --config compression.type=producer --if-not-exists ${config[@]+"${config[@]}"}

# if a hundredth of all records fail at the peak, so many are worked on at a time
ottla topics create shop.order-state.dlq --partitions 3 --replication-factor 3 --config min.insync.replicas=2 --config cleanup.policy=delete --config retention.ms=2592000000 --config compression.type=producer --if-not-exists ${config[@]+"${config[@]}"}

# if a hundredth of all records fail at the peak, so many are worked on at a time
ottla topics create shop.inventory-service.dlq --partitions 3 --replication-factor 3 --config min.insync.replicas=2 --config cleanup.policy=delete --config retention.ms=2592000000 --config compression.type=producer --if-not-exists ${config[@]+"${config[@]}"}

# if a hundredth of all records fail at the peak, so many are worked on at a time
ottla topics create shop.payment-service.dlq --partitions 3 --replication-factor 3 --config min.insync.replicas=2 --config cleanup.policy=delete --config retention.ms=1209600000 --config compression.type=producer --if-not-exists ${config[@]+"${config[@]}"}

# if a hundredth of all records fail at the peak, so many are worked on at a time
ottla topics create shop.notification-service.retry-30s --partitions 3 --replication-factor 3 --config min.insync.replicas=2 --config cleanup.policy=delete --config retention.ms=259200000 --config compression.type=producer --if-not-exists ${config[@]+"${config[@]}"}

# if a hundredth of all records fail at the peak, so many are worked on at a time
ottla topics create shop.notification-service.retry-10min --partitions 3 --replication-factor 3 --config min.insync.replicas=2 --config cleanup.policy=delete --config retention.ms=259200000 --config compression.type=producer --if-not-exists ${config[@]+"${config[@]}"}

# if a hundredth of all records fail at the peak, so many are worked on at a time
ottla topics create shop.notification-service.dlq --partitions 3 --replication-factor 3 --config min.insync.replicas=2 --config cleanup.policy=delete --config retention.ms=1209600000 --config compression.type=producer --if-not-exists ${config[@]+"${config[@]}"}

# order-service: it writes the event; that covers idempotence
ottla acls add --principal User:order-service --operation write --resource topic:orders.order.created ${config[@]+"${config[@]}"}

# order-state: it writes the event; that covers idempotence
ottla acls add --principal User:order-state --operation write --resource topic:orders.order.state ${config[@]+"${config[@]}"}

# order-state: it writes the event; that covers idempotence
ottla acls add --principal User:order-state --operation write --resource topic:notifications.email.requested ${config[@]+"${config[@]}"}

# order-state: it reads the event
ottla acls add --principal User:order-state --operation read --resource topic:orders.order.created ${config[@]+"${config[@]}"}

# order-state: it reads the event
ottla acls add --principal User:order-state --operation read --resource topic:inventory.product.reserved ${config[@]+"${config[@]}"}

# order-state: it reads the event
ottla acls add --principal User:order-state --operation read --resource topic:payments.payment.completed ${config[@]+"${config[@]}"}

# order-state: what it cannot handle ends there; somebody else reads it
ottla acls add --principal User:order-state --operation write --resource topic:shop.order-state.dlq ${config[@]+"${config[@]}"}

# order-state: to be a member and to commit
ottla acls add --principal User:order-state --operation read --resource group:order-state ${config[@]+"${config[@]}"}

# order-state: its transactions; each instance has its own id that begins so
ottla acls add --principal User:order-state --operation write --resource transactional-id:order-state.tx- --prefixed ${config[@]+"${config[@]}"}

# inventory-service: it writes the event; that covers idempotence
ottla acls add --principal User:inventory-service --operation write --resource topic:inventory.product.reserved ${config[@]+"${config[@]}"}

# inventory-service: it reads the event
ottla acls add --principal User:inventory-service --operation read --resource topic:orders.order.created ${config[@]+"${config[@]}"}

# inventory-service: what it cannot handle ends there; somebody else reads it
ottla acls add --principal User:inventory-service --operation write --resource topic:shop.inventory-service.dlq ${config[@]+"${config[@]}"}

# inventory-service: to be a member and to commit
ottla acls add --principal User:inventory-service --operation read --resource group:inventory-service ${config[@]+"${config[@]}"}

# payment-service: it writes the event; that covers idempotence
ottla acls add --principal User:payment-service --operation write --resource topic:payments.payment.completed ${config[@]+"${config[@]}"}

# payment-service: it reads the event
ottla acls add --principal User:payment-service --operation read --resource topic:inventory.product.reserved ${config[@]+"${config[@]}"}

# payment-service: what it cannot handle ends there; somebody else reads it
ottla acls add --principal User:payment-service --operation write --resource topic:shop.payment-service.dlq ${config[@]+"${config[@]}"}

# payment-service: to be a member and to commit
ottla acls add --principal User:payment-service --operation read --resource group:payment-service ${config[@]+"${config[@]}"}

# notification-service: it reads the event
ottla acls add --principal User:notification-service --operation read --resource topic:notifications.email.requested ${config[@]+"${config[@]}"}

# notification-service: failed records wait there for their next try
ottla acls add --principal User:notification-service --operation read --resource topic:shop.notification-service.retry-30s ${config[@]+"${config[@]}"}
ottla acls add --principal User:notification-service --operation write --resource topic:shop.notification-service.retry-30s ${config[@]+"${config[@]}"}

# notification-service: failed records wait there for their next try
ottla acls add --principal User:notification-service --operation read --resource topic:shop.notification-service.retry-10min ${config[@]+"${config[@]}"}
ottla acls add --principal User:notification-service --operation write --resource topic:shop.notification-service.retry-10min ${config[@]+"${config[@]}"}

# notification-service: what it cannot handle ends there; somebody else reads it
ottla acls add --principal User:notification-service --operation write --resource topic:shop.notification-service.dlq ${config[@]+"${config[@]}"}

# notification-service: to be a member and to commit
ottla acls add --principal User:notification-service --operation read --resource group:notification-service ${config[@]+"${config[@]}"}

# for topics that are made later; brokers.properties has what running brokers do not take
ottla configs set brokers min.insync.replicas=2 unclean.leader.election.enable=false ${config[@]+"${config[@]}"}
