#!/usr/bin/env bash
# Written by "ottla design" for iot. Change the design file and write it again.
# Where the cluster is: BOOTSTRAP_SERVERS, and COMMAND_CONFIG for a file with the login. KAFKA_BIN is where Kafka's tools are, if not on the PATH.
# What is there already stays as it is, so that it may be run again.
set -euo pipefail

: "${BOOTSTRAP_SERVERS:?Say where the cluster is: BOOTSTRAP_SERVERS=host:port}"
bin="${KAFKA_BIN:+$KAFKA_BIN/}"
config=()
if [ -n "${COMMAND_CONFIG:-}" ]; then config=(--command-config "$COMMAND_CONFIG"); fi

# the number of consumers of enricher decides; more would move keys to other partitions later, so growth is in
"${bin}"kafka-topics.sh --bootstrap-server "$BOOTSTRAP_SERVERS" --create --topic devices.telemetry.measured --partitions 63 --replication-factor 3 --config min.insync.replicas=2 --config cleanup.policy=delete --config retention.ms=604800000 --config segment.bytes=1073741824 --config segment.ms=75600000 --config compression.type=producer --if-not-exists ${config[@]+"${config[@]}"}

# as many as devices.telemetry.measured: enricher joins them by the same key, and needs the same keys in the same partitions
"${bin}"kafka-topics.sh --bootstrap-server "$BOOTSTRAP_SERVERS" --create --topic devices.device.described --partitions 63 --replication-factor 3 --config min.insync.replicas=2 --config cleanup.policy=compact --config delete.retention.ms=86400000 --config max.compaction.lag.ms=2592000000 --config segment.ms=604800000 --config compression.type=producer --if-not-exists ${config[@]+"${config[@]}"}

# the rate of writing decides; more would move keys to other partitions later, so growth is in
"${bin}"kafka-topics.sh --bootstrap-server "$BOOTSTRAP_SERVERS" --create --topic devices.telemetry.enriched --partitions 63 --replication-factor 3 --config min.insync.replicas=2 --config cleanup.policy=delete --config retention.ms=86400000 --config segment.bytes=1073741824 --config segment.ms=10800000 --config compression.type=producer --if-not-exists ${config[@]+"${config[@]}"}

# the number of consumers of alert-service decides; more would move keys to other partitions later, so growth is in
"${bin}"kafka-topics.sh --bootstrap-server "$BOOTSTRAP_SERVERS" --create --topic devices.alert.raised --partitions 63 --replication-factor 3 --config min.insync.replicas=2 --config cleanup.policy=delete --config retention.ms=2592000000 --config segment.bytes=268435456 --config segment.ms=324000000 --config compression.type=producer --if-not-exists ${config[@]+"${config[@]}"}

# if a hundredth of all records fail at the peak, so many are worked on at a time
"${bin}"kafka-topics.sh --bootstrap-server "$BOOTSTRAP_SERVERS" --create --topic iot.enricher.dlq --partitions 9 --replication-factor 3 --config min.insync.replicas=2 --config cleanup.policy=delete --config retention.ms=1209600000 --config compression.type=producer --if-not-exists ${config[@]+"${config[@]}"}

# if a hundredth of all records fail at the peak, so many are worked on at a time
"${bin}"kafka-topics.sh --bootstrap-server "$BOOTSTRAP_SERVERS" --create --topic iot.alert-service.dlq --partitions 9 --replication-factor 3 --config min.insync.replicas=2 --config cleanup.policy=delete --config retention.ms=2592000000 --config compression.type=producer --if-not-exists ${config[@]+"${config[@]}"}

# mqtt-gateway: it writes the event; that covers idempotence
"${bin}"kafka-acls.sh --bootstrap-server "$BOOTSTRAP_SERVERS" --add --allow-principal User:mqtt-gateway --allow-host '*' --operation Write --topic devices.telemetry.measured --resource-pattern-type literal ${config[@]+"${config[@]}"}

# device-registry: it writes the event; that covers idempotence
"${bin}"kafka-acls.sh --bootstrap-server "$BOOTSTRAP_SERVERS" --add --allow-principal User:device-registry --allow-host '*' --operation Write --topic devices.device.described --resource-pattern-type literal ${config[@]+"${config[@]}"}

# enricher: it writes the event; that covers idempotence
"${bin}"kafka-acls.sh --bootstrap-server "$BOOTSTRAP_SERVERS" --add --allow-principal User:enricher --allow-host '*' --operation Write --topic devices.telemetry.enriched --resource-pattern-type literal ${config[@]+"${config[@]}"}

# enricher: it writes the event; that covers idempotence
"${bin}"kafka-acls.sh --bootstrap-server "$BOOTSTRAP_SERVERS" --add --allow-principal User:enricher --allow-host '*' --operation Write --topic devices.alert.raised --resource-pattern-type literal ${config[@]+"${config[@]}"}

# enricher: it reads the event
"${bin}"kafka-acls.sh --bootstrap-server "$BOOTSTRAP_SERVERS" --add --allow-principal User:enricher --allow-host '*' --operation Read --topic devices.telemetry.measured --resource-pattern-type literal ${config[@]+"${config[@]}"}

# enricher: it reads the event
"${bin}"kafka-acls.sh --bootstrap-server "$BOOTSTRAP_SERVERS" --add --allow-principal User:enricher --allow-host '*' --operation Read --topic devices.device.described --resource-pattern-type literal ${config[@]+"${config[@]}"}

# enricher: what it cannot handle ends there; somebody else reads it
"${bin}"kafka-acls.sh --bootstrap-server "$BOOTSTRAP_SERVERS" --add --allow-principal User:enricher --allow-host '*' --operation Write --topic iot.enricher.dlq --resource-pattern-type literal ${config[@]+"${config[@]}"}

# enricher: to be a member and to commit
"${bin}"kafka-acls.sh --bootstrap-server "$BOOTSTRAP_SERVERS" --add --allow-principal User:enricher --allow-host '*' --operation Read --group enricher --resource-pattern-type literal ${config[@]+"${config[@]}"}

# enricher: its changelog and repartition topics: it makes them, and deletes from them what is through
"${bin}"kafka-acls.sh --bootstrap-server "$BOOTSTRAP_SERVERS" --add --allow-principal User:enricher --allow-host '*' --operation Read --topic enricher- --resource-pattern-type prefixed ${config[@]+"${config[@]}"}
"${bin}"kafka-acls.sh --bootstrap-server "$BOOTSTRAP_SERVERS" --add --allow-principal User:enricher --allow-host '*' --operation Write --topic enricher- --resource-pattern-type prefixed ${config[@]+"${config[@]}"}
"${bin}"kafka-acls.sh --bootstrap-server "$BOOTSTRAP_SERVERS" --add --allow-principal User:enricher --allow-host '*' --operation Create --topic enricher- --resource-pattern-type prefixed ${config[@]+"${config[@]}"}
"${bin}"kafka-acls.sh --bootstrap-server "$BOOTSTRAP_SERVERS" --add --allow-principal User:enricher --allow-host '*' --operation Delete --topic enricher- --resource-pattern-type prefixed ${config[@]+"${config[@]}"}
"${bin}"kafka-acls.sh --bootstrap-server "$BOOTSTRAP_SERVERS" --add --allow-principal User:enricher --allow-host '*' --operation DescribeConfigs --topic enricher- --resource-pattern-type prefixed ${config[@]+"${config[@]}"}

# archive-sink: it reads the event
"${bin}"kafka-acls.sh --bootstrap-server "$BOOTSTRAP_SERVERS" --add --allow-principal User:archive-sink --allow-host '*' --operation Read --topic devices.telemetry.enriched --resource-pattern-type literal ${config[@]+"${config[@]}"}

# archive-sink: to be a member and to commit
"${bin}"kafka-acls.sh --bootstrap-server "$BOOTSTRAP_SERVERS" --add --allow-principal User:archive-sink --allow-host '*' --operation Read --group connect-archive-sink --resource-pattern-type literal ${config[@]+"${config[@]}"}

# alert-service: it reads the event
"${bin}"kafka-acls.sh --bootstrap-server "$BOOTSTRAP_SERVERS" --add --allow-principal User:alert-service --allow-host '*' --operation Read --topic devices.alert.raised --resource-pattern-type literal ${config[@]+"${config[@]}"}

# alert-service: what it cannot handle ends there; somebody else reads it
"${bin}"kafka-acls.sh --bootstrap-server "$BOOTSTRAP_SERVERS" --add --allow-principal User:alert-service --allow-host '*' --operation Write --topic iot.alert-service.dlq --resource-pattern-type literal ${config[@]+"${config[@]}"}

# alert-service: to be a member and to commit
"${bin}"kafka-acls.sh --bootstrap-server "$BOOTSTRAP_SERVERS" --add --allow-principal User:alert-service --allow-host '*' --operation Read --group alert-service --resource-pattern-type literal ${config[@]+"${config[@]}"}

# for topics that are made later; brokers.properties has what running brokers do not take
"${bin}"kafka-configs.sh --bootstrap-server "$BOOTSTRAP_SERVERS" --alter --entity-type brokers --entity-default --add-config min.insync.replicas=2,unclean.leader.election.enable=false ${config[@]+"${config[@]}"}
