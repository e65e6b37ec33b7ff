#!/usr/bin/env bash
# Written by "ottla design" for fraud. Change the design file and write it again.
# Where the cluster is: OTTLA_BOOTSTRAP_SERVER, and OTTLA_COMMAND_CONFIG for a file with the login.
# What is there already stays as it is, so that it may be run again.
set -euo pipefail

config=()
if [ -n "${OTTLA_COMMAND_CONFIG:-}" ]; then config=(--command-config "$OTTLA_COMMAND_CONFIG"); fi

# the number of consumers of fraud-detector decides; more would move keys to other partitions later, so growth is in
ottla topics create payments.transaction.captured --partitions 18 --replication-factor 3 --config min.insync.replicas=2 --config cleanup.policy=delete --config retention.ms=604800000 --config segment.bytes=1073741824 --config segment.ms=75600000 --config compression.type=producer --if-not-exists ${config[@]+"${config[@]}"}

# the rate of writing decides; more would move keys to other partitions later, so growth is in
ottla topics create payments.transaction.enriched --partitions 6 --replication-factor 3 --config min.insync.replicas=2 --config cleanup.policy=delete --config retention.ms=604800000 --config segment.bytes=1073741824 --config segment.ms=75600000 --config compression.type=producer --if-not-exists ${config[@]+"${config[@]}"}

# the number of consumers of alert-service decides; more would move keys to other partitions later, so growth is in
ottla topics create fraud.alert.raised --partitions 6 --replication-factor 3 --config min.insync.replicas=2 --config cleanup.policy=delete --config retention.ms=2592000000 --config segment.bytes=134217728 --config segment.ms=324000000 --config compression.type=producer --if-not-exists ${config[@]+"${config[@]}"}

# if a hundredth of all records fail at the peak, so many are worked on at a time
ottla topics create fraud.fraud-detector.dlq --partitions 3 --replication-factor 3 --config min.insync.replicas=2 --config cleanup.policy=delete --config retention.ms=1209600000 --config compression.type=producer --if-not-exists ${config[@]+"${config[@]}"}

# if a hundredth of all records fail at the peak, so many are worked on at a time
ottla topics create fraud.alert-service.dlq --partitions 3 --replication-factor 3 --config min.insync.replicas=2 --config cleanup.policy=delete --config retention.ms=2592000000 --config compression.type=producer --if-not-exists ${config[@]+"${config[@]}"}

# cdc-source: it writes the event; that covers idempotence
ottla acls add --principal User:cdc-source --operation write --resource topic:payments.transaction.captured ${config[@]+"${config[@]}"}

# fraud-detector: it writes the event; that covers idempotence
ottla acls add --principal User:fraud-detector --operation write --resource topic:payments.transaction.enriched ${config[@]+"${config[@]}"}

# fraud-detector: it writes the event; that covers idempotence
ottla acls add --principal User:fraud-detector --operation write --resource topic:fraud.alert.raised ${config[@]+"${config[@]}"}

# fraud-detector: it reads the event
ottla acls add --principal User:fraud-detector --operation read --resource topic:payments.transaction.captured ${config[@]+"${config[@]}"}

# fraud-detector: what it cannot handle ends there; somebody else reads it
ottla acls add --principal User:fraud-detector --operation write --resource topic:fraud.fraud-detector.dlq ${config[@]+"${config[@]}"}

# fraud-detector: to be a member and to commit
ottla acls add --principal User:fraud-detector --operation read --resource group:fraud-detector ${config[@]+"${config[@]}"}

# fraud-detector: its changelog and repartition topics: it makes them, and deletes from them what is through
ottla acls add --principal User:fraud-detector --operation read --resource topic:fraud-detector- --prefixed ${config[@]+"${config[@]}"}
ottla acls add --principal User:fraud-detector --operation write --resource topic:fraud-detector- --prefixed ${config[@]+"${config[@]}"}
ottla acls add --principal User:fraud-detector --operation create --resource topic:fraud-detector- --prefixed ${config[@]+"${config[@]}"}
ottla acls add --principal User:fraud-detector --operation delete --resource topic:fraud-detector- --prefixed ${config[@]+"${config[@]}"}
ottla acls add --principal User:fraud-detector --operation describe-configs --resource topic:fraud-detector- --prefixed ${config[@]+"${config[@]}"}

# fraud-detector: its transactions; each instance has its own id that begins so
ottla acls add --principal User:fraud-detector --operation write --resource transactional-id:fraud-detector- --prefixed ${config[@]+"${config[@]}"}

# alert-service: it reads the event
ottla acls add --principal User:alert-service --operation read --resource topic:fraud.alert.raised ${config[@]+"${config[@]}"}

# alert-service: what it cannot handle ends there; somebody else reads it
ottla acls add --principal User:alert-service --operation write --resource topic:fraud.alert-service.dlq ${config[@]+"${config[@]}"}

# alert-service: to be a member and to commit
ottla acls add --principal User:alert-service --operation read --resource group:alert-service ${config[@]+"${config[@]}"}

# archive-sink: it reads the event
ottla acls add --principal User:archive-sink --operation read --resource topic:payments.transaction.captured ${config[@]+"${config[@]}"}

# archive-sink: it reads the event
ottla acls add --principal User:archive-sink --operation read --resource topic:payments.transaction.enriched ${config[@]+"${config[@]}"}

# archive-sink: it reads the event
ottla acls add --principal User:archive-sink --operation read --resource topic:fraud.alert.raised ${config[@]+"${config[@]}"}

# archive-sink: to be a member and to commit
ottla acls add --principal User:archive-sink --operation read --resource group:connect-archive-sink ${config[@]+"${config[@]}"}

# for topics that are made later; brokers.properties has what running brokers do not take
ottla configs set brokers min.insync.replicas=2 unclean.leader.election.enable=false ${config[@]+"${config[@]}"}
