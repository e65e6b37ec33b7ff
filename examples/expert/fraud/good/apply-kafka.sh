#!/usr/bin/env bash
# Written by "ottla design" for fraud. Change the design file and write it again.
# Where the cluster is: BOOTSTRAP_SERVERS, and COMMAND_CONFIG for a file with the login. KAFKA_BIN is where Kafka's tools are, if not on the PATH.
# What is there already stays as it is, so that it may be run again.
set -euo pipefail

: "${BOOTSTRAP_SERVERS:?Say where the cluster is: BOOTSTRAP_SERVERS=host:port}"
bin="${KAFKA_BIN:+$KAFKA_BIN/}"
config=()
if [ -n "${COMMAND_CONFIG:-}" ]; then config=(--command-config "$COMMAND_CONFIG"); fi

# the number of consumers of fraud-detector decides; more would move keys to other partitions later, so growth is in
"${bin}"kafka-topics.sh --bootstrap-server "$BOOTSTRAP_SERVERS" --create --topic payments.transaction.captured --partitions 18 --replication-factor 3 --config min.insync.replicas=2 --config cleanup.policy=delete --config retention.ms=604800000 --config segment.bytes=1073741824 --config segment.ms=75600000 --config compression.type=producer --if-not-exists ${config[@]+"${config[@]}"}

# the rate of writing decides; more would move keys to other partitions later, so growth is in
"${bin}"kafka-topics.sh --bootstrap-server "$BOOTSTRAP_SERVERS" --create --topic payments.transaction.enriched --partitions 6 --replication-factor 3 --config min.insync.replicas=2 --config cleanup.policy=delete --config retention.ms=604800000 --config segment.bytes=1073741824 --config segment.ms=75600000 --config compression.type=producer --if-not-exists ${config[@]+"${config[@]}"}

# the number of consumers of alert-service decides; more would move keys to other partitions later, so growth is in
"${bin}"kafka-topics.sh --bootstrap-server "$BOOTSTRAP_SERVERS" --create --topic fraud.alert.raised --partitions 6 --replication-factor 3 --config min.insync.replicas=2 --config cleanup.policy=delete --config retention.ms=2592000000 --config segment.bytes=134217728 --config segment.ms=324000000 --config compression.type=producer --if-not-exists ${config[@]+"${config[@]}"}

# if a hundredth of all records fail at the peak, so many are worked on at a time
"${bin}"kafka-topics.sh --bootstrap-server "$BOOTSTRAP_SERVERS" --create --topic fraud.fraud-detector.dlq --partitions 3 --replication-factor 3 --config min.insync.replicas=2 --config cleanup.policy=delete --config retention.ms=1209600000 --config compression.type=producer --if-not-exists ${config[@]+"${config[@]}"}

# if a hundredth of all records fail at the peak, so many are worked on at a time
"${bin}"kafka-topics.sh --bootstrap-server "$BOOTSTRAP_SERVERS" --create --topic fraud.alert-service.dlq --partitions 3 --replication-factor 3 --config min.insync.replicas=2 --config cleanup.policy=delete --config retention.ms=2592000000 --config compression.type=producer --if-not-exists ${config[@]+"${config[@]}"}

# cdc-source: it writes the event; that covers idempotence
"${bin}"kafka-acls.sh --bootstrap-server "$BOOTSTRAP_SERVERS" --add --allow-principal User:cdc-source --allow-host '*' --operation Write --topic payments.transaction.captured --resource-pattern-type literal ${config[@]+"${config[@]}"}

# fraud-detector: it writes the event; that covers idempotence
"${bin}"kafka-acls.sh --bootstrap-server "$BOOTSTRAP_SERVERS" --add --allow-principal User:fraud-detector --allow-host '*' --operation Write --topic payments.transaction.enriched --resource-pattern-type literal ${config[@]+"${config[@]}"}

# fraud-detector: it writes the event; that covers idempotence
"${bin}"kafka-acls.sh --bootstrap-server "$BOOTSTRAP_SERVERS" --add --allow-principal User:fraud-detector --allow-host '*' --operation Write --topic fraud.alert.raised --resource-pattern-type literal ${config[@]+"${config[@]}"}

# fraud-detector: it reads the event
"${bin}"kafka-acls.sh --bootstrap-server "$BOOTSTRAP_SERVERS" --add --allow-principal User:fraud-detector --allow-host '*' --operation Read --topic payments.transaction.captured --resource-pattern-type literal ${config[@]+"${config[@]}"}

# fraud-detector: what it cannot handle ends there; somebody else reads it
"${bin}"kafka-acls.sh --bootstrap-server "$BOOTSTRAP_SERVERS" --add --allow-principal User:fraud-detector --allow-host '*' --operation Write --topic fraud.fraud-detector.dlq --resource-pattern-type literal ${config[@]+"${config[@]}"}

# fraud-detector: to be a member and to commit
"${bin}"kafka-acls.sh --bootstrap-server "$BOOTSTRAP_SERVERS" --add --allow-principal User:fraud-detector --allow-host '*' --operation Read --group fraud-detector --resource-pattern-type literal ${config[@]+"${config[@]}"}

# fraud-detector: its changelog and repartition topics: it makes them, and deletes from them what is through
"${bin}"kafka-acls.sh --bootstrap-server "$BOOTSTRAP_SERVERS" --add --allow-principal User:fraud-detector --allow-host '*' --operation Read --topic fraud-detector- --resource-pattern-type prefixed ${config[@]+"${config[@]}"}
"${bin}"kafka-acls.sh --bootstrap-server "$BOOTSTRAP_SERVERS" --add --allow-principal User:fraud-detector --allow-host '*' --operation Write --topic fraud-detector- --resource-pattern-type prefixed ${config[@]+"${config[@]}"}
"${bin}"kafka-acls.sh --bootstrap-server "$BOOTSTRAP_SERVERS" --add --allow-principal User:fraud-detector --allow-host '*' --operation Create --topic fraud-detector- --resource-pattern-type prefixed ${config[@]+"${config[@]}"}
"${bin}"kafka-acls.sh --bootstrap-server "$BOOTSTRAP_SERVERS" --add --allow-principal User:fraud-detector --allow-host '*' --operation Delete --topic fraud-detector- --resource-pattern-type prefixed ${config[@]+"${config[@]}"}
"${bin}"kafka-acls.sh --bootstrap-server "$BOOTSTRAP_SERVERS" --add --allow-principal User:fraud-detector --allow-host '*' --operation DescribeConfigs --topic fraud-detector- --resource-pattern-type prefixed ${config[@]+"${config[@]}"}

# fraud-detector: its transactions; each instance has its own id that begins so
"${bin}"kafka-acls.sh --bootstrap-server "$BOOTSTRAP_SERVERS" --add --allow-principal User:fraud-detector --allow-host '*' --operation Write --transactional-id fraud-detector- --resource-pattern-type prefixed ${config[@]+"${config[@]}"}

# alert-service: it reads the event
"${bin}"kafka-acls.sh --bootstrap-server "$BOOTSTRAP_SERVERS" --add --allow-principal User:alert-service --allow-host '*' --operation Read --topic fraud.alert.raised --resource-pattern-type literal ${config[@]+"${config[@]}"}

# alert-service: what it cannot handle ends there; somebody else reads it
"${bin}"kafka-acls.sh --bootstrap-server "$BOOTSTRAP_SERVERS" --add --allow-principal User:alert-service --allow-host '*' --operation Write --topic fraud.alert-service.dlq --resource-pattern-type literal ${config[@]+"${config[@]}"}

# alert-service: to be a member and to commit
"${bin}"kafka-acls.sh --bootstrap-server "$BOOTSTRAP_SERVERS" --add --allow-principal User:alert-service --allow-host '*' --operation Read --group alert-service --resource-pattern-type literal ${config[@]+"${config[@]}"}

# archive-sink: it reads the event
"${bin}"kafka-acls.sh --bootstrap-server "$BOOTSTRAP_SERVERS" --add --allow-principal User:archive-sink --allow-host '*' --operation Read --topic payments.transaction.captured --resource-pattern-type literal ${config[@]+"${config[@]}"}

# archive-sink: it reads the event
"${bin}"kafka-acls.sh --bootstrap-server "$BOOTSTRAP_SERVERS" --add --allow-principal User:archive-sink --allow-host '*' --operation Read --topic payments.transaction.enriched --resource-pattern-type literal ${config[@]+"${config[@]}"}

# archive-sink: it reads the event
"${bin}"kafka-acls.sh --bootstrap-server "$BOOTSTRAP_SERVERS" --add --allow-principal User:archive-sink --allow-host '*' --operation Read --topic fraud.alert.raised --resource-pattern-type literal ${config[@]+"${config[@]}"}

# archive-sink: to be a member and to commit
"${bin}"kafka-acls.sh --bootstrap-server "$BOOTSTRAP_SERVERS" --add --allow-principal User:archive-sink --allow-host '*' --operation Read --group connect-archive-sink --resource-pattern-type literal ${config[@]+"${config[@]}"}

# for topics that are made later; brokers.properties has what running brokers do not take
"${bin}"kafka-configs.sh --bootstrap-server "$BOOTSTRAP_SERVERS" --alter --entity-type brokers --entity-default --add-config min.insync.replicas=2,unclean.leader.election.enable=false ${config[@]+"${config[@]}"}
