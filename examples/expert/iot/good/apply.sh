#!/usr/bin/env bash
# Written by "ottla design" for iot. Change the design file and write it again.
# Where the cluster is: OTTLA_BOOTSTRAP_SERVER, and OTTLA_COMMAND_CONFIG for a file with the login.
# What is there already stays as it is, so that it may be run again.
set -euo pipefail

config=()
if [ -n "${OTTLA_COMMAND_CONFIG:-}" ]; then config=(--command-config "$OTTLA_COMMAND_CONFIG"); fi

# the number of consumers of enricher decides; more would move keys to other partitions later, so growth is in
ottla topics create devices.telemetry.measured --partitions 63 --replication-factor 3 --config min.insync.replicas=2 --config cleanup.policy=delete --config retention.ms=604800000 --config segment.bytes=1073741824 --config segment.ms=75600000 --config compression.type=producer --if-not-exists ${config[@]+"${config[@]}"}

# as many as devices.telemetry.measured: enricher joins them by the same key, and needs the same keys in the same partitions
ottla topics create devices.device.described --partitions 63 --replication-factor 3 --config min.insync.replicas=2 --config cleanup.policy=compact --config delete.retention.ms=86400000 --config max.compaction.lag.ms=2592000000 --config segment.ms=604800000 --config compression.type=producer --if-not-exists ${config[@]+"${config[@]}"}

# the rate of writing decides; more would move keys to other partitions later, so growth is in
ottla topics create devices.telemetry.enriched --partitions 63 --replication-factor 3 --config min.insync.replicas=2 --config cleanup.policy=delete --config retention.ms=86400000 --config segment.bytes=1073741824 --config segment.ms=10800000 --config compression.type=producer --if-not-exists ${config[@]+"${config[@]}"}

# the number of consumers of alert-service decides; more would move keys to other partitions later, so growth is in
ottla topics create devices.alert.raised --partitions 63 --replication-factor 3 --config min.insync.replicas=2 --config cleanup.policy=delete --config retention.ms=2592000000 --config segment.bytes=268435456 --config segment.ms=324000000 --config compression.type=producer --if-not-exists ${config[@]+"${config[@]}"}

# if a hundredth of all records fail at the peak, so many are worked on at a time
ottla topics create iot.enricher.dlq --partitions 9 --replication-factor 3 --config min.insync.replicas=2 --config cleanup.policy=delete --config retention.ms=1209600000 --config compression.type=producer --if-not-exists ${config[@]+"${config[@]}"}

# if a hundredth of all records fail at the peak, so many are worked on at a time
ottla topics create iot.alert-service.dlq --partitions 9 --replication-factor 3 --config min.insync.replicas=2 --config cleanup.policy=delete --config retention.ms=2592000000 --config compression.type=producer --if-not-exists ${config[@]+"${config[@]}"}

# mqtt-gateway: it writes the event; that covers idempotence
ottla acls add --principal User:mqtt-gateway --operation write --resource topic:devices.telemetry.measured ${config[@]+"${config[@]}"}

# device-registry: it writes the event; that covers idempotence
ottla acls add --principal User:device-registry --operation write --resource topic:devices.device.described ${config[@]+"${config[@]}"}

# enricher: it writes the event; that covers idempotence
ottla acls add --principal User:enricher --operation write --resource topic:devices.telemetry.enriched ${config[@]+"${config[@]}"}

# enricher: it writes the event; that covers idempotence
ottla acls add --principal User:enricher --operation write --resource topic:devices.alert.raised ${config[@]+"${config[@]}"}

# enricher: it reads the event
ottla acls add --principal User:enricher --operation read --resource topic:devices.telemetry.measured ${config[@]+"${config[@]}"}

# enricher: it reads the event
ottla acls add --principal User:enricher --operation read --resource topic:devices.device.described ${config[@]+"${config[@]}"}

# enricher: what it cannot handle ends there; somebody else reads it
ottla acls add --principal User:enricher --operation write --resource topic:iot.enricher.dlq ${config[@]+"${config[@]}"}

# enricher: to be a member and to commit
ottla acls add --principal User:enricher --operation read --resource group:enricher ${config[@]+"${config[@]}"}

# enricher: its changelog and repartition topics: it makes them, and deletes from them what is through
ottla acls add --principal User:enricher --operation read --resource topic:enricher- --prefixed ${config[@]+"${config[@]}"}
ottla acls add --principal User:enricher --operation write --resource topic:enricher- --prefixed ${config[@]+"${config[@]}"}
ottla acls add --principal User:enricher --operation create --resource topic:enricher- --prefixed ${config[@]+"${config[@]}"}
ottla acls add --principal User:enricher --operation delete --resource topic:enricher- --prefixed ${config[@]+"${config[@]}"}
ottla acls add --principal User:enricher --operation describe-configs --resource topic:enricher- --prefixed ${config[@]+"${config[@]}"}

# archive-sink: it reads the event
ottla acls add --principal User:archive-sink --operation read --resource topic:devices.telemetry.enriched ${config[@]+"${config[@]}"}

# archive-sink: to be a member and to commit
ottla acls add --principal User:archive-sink --operation read --resource group:connect-archive-sink ${config[@]+"${config[@]}"}

# alert-service: it reads the event
ottla acls add --principal User:alert-service --operation read --resource topic:devices.alert.raised ${config[@]+"${config[@]}"}

# alert-service: what it cannot handle ends there; somebody else reads it
ottla acls add --principal User:alert-service --operation write --resource topic:iot.alert-service.dlq ${config[@]+"${config[@]}"}

# alert-service: to be a member and to commit
ottla acls add --principal User:alert-service --operation read --resource group:alert-service ${config[@]+"${config[@]}"}

# for topics that are made later; brokers.properties has what running brokers do not take
ottla configs set brokers min.insync.replicas=2 unclean.leader.election.enable=false ${config[@]+"${config[@]}"}
