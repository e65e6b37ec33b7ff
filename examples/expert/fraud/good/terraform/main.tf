# Written by "ottla design" for fraud. Change the design file and write it again.

terraform {
  required_providers {
    kafka = {
      source  = "Mongey/kafka"
      version = "~> 0.13"
    }
  }
}

variable "bootstrap_servers" {
  type        = list(string)
  description = "host:port of brokers"
}

provider "kafka" {
  bootstrap_servers = var.bootstrap_servers
}

resource "kafka_topic" "payments_transaction_captured" {
  name               = "payments.transaction.captured"
  replication_factor = 3
  partitions         = 18
  config = {
    "min.insync.replicas" = "2"
    "cleanup.policy"      = "delete"
    "retention.ms"        = "604800000"
    "segment.bytes"       = "1073741824"
    "segment.ms"          = "75600000"
    "compression.type"    = "producer"
  }
}

resource "kafka_topic" "payments_transaction_enriched" {
  name               = "payments.transaction.enriched"
  replication_factor = 3
  partitions         = 6
  config = {
    "min.insync.replicas" = "2"
    "cleanup.policy"      = "delete"
    "retention.ms"        = "604800000"
    "segment.bytes"       = "1073741824"
    "segment.ms"          = "75600000"
    "compression.type"    = "producer"
  }
}

resource "kafka_topic" "fraud_alert_raised" {
  name               = "fraud.alert.raised"
  replication_factor = 3
  partitions         = 6
  config = {
    "min.insync.replicas" = "2"
    "cleanup.policy"      = "delete"
    "retention.ms"        = "2592000000"
    "segment.bytes"       = "134217728"
    "segment.ms"          = "324000000"
    "compression.type"    = "producer"
  }
}

resource "kafka_topic" "fraud_fraud_detector_dlq" {
  name               = "fraud.fraud-detector.dlq"
  replication_factor = 3
  partitions         = 3
  config = {
    "min.insync.replicas" = "2"
    "cleanup.policy"      = "delete"
    "retention.ms"        = "1209600000"
    "compression.type"    = "producer"
  }
}

resource "kafka_topic" "fraud_alert_service_dlq" {
  name               = "fraud.alert-service.dlq"
  replication_factor = 3
  partitions         = 3
  config = {
    "min.insync.replicas" = "2"
    "cleanup.policy"      = "delete"
    "retention.ms"        = "2592000000"
    "compression.type"    = "producer"
  }
}

resource "kafka_acl" "cdc_source_write_payments_transaction_captured" {
  resource_name                = "payments.transaction.captured"
  resource_type                = "Topic"
  resource_pattern_type_filter = "Literal"
  acl_principal                = "User:cdc-source"
  acl_host                     = "*"
  acl_operation                = "Write"
  acl_permission_type          = "Allow"
}

resource "kafka_acl" "fraud_detector_write_payments_transaction_enriched" {
  resource_name                = "payments.transaction.enriched"
  resource_type                = "Topic"
  resource_pattern_type_filter = "Literal"
  acl_principal                = "User:fraud-detector"
  acl_host                     = "*"
  acl_operation                = "Write"
  acl_permission_type          = "Allow"
}

resource "kafka_acl" "fraud_detector_write_fraud_alert_raised" {
  resource_name                = "fraud.alert.raised"
  resource_type                = "Topic"
  resource_pattern_type_filter = "Literal"
  acl_principal                = "User:fraud-detector"
  acl_host                     = "*"
  acl_operation                = "Write"
  acl_permission_type          = "Allow"
}

resource "kafka_acl" "fraud_detector_read_payments_transaction_captured" {
  resource_name                = "payments.transaction.captured"
  resource_type                = "Topic"
  resource_pattern_type_filter = "Literal"
  acl_principal                = "User:fraud-detector"
  acl_host                     = "*"
  acl_operation                = "Read"
  acl_permission_type          = "Allow"
}

resource "kafka_acl" "fraud_detector_write_fraud_fraud_detector_dlq" {
  resource_name                = "fraud.fraud-detector.dlq"
  resource_type                = "Topic"
  resource_pattern_type_filter = "Literal"
  acl_principal                = "User:fraud-detector"
  acl_host                     = "*"
  acl_operation                = "Write"
  acl_permission_type          = "Allow"
}

resource "kafka_acl" "fraud_detector_read_fraud_detector" {
  resource_name                = "fraud-detector"
  resource_type                = "Group"
  resource_pattern_type_filter = "Literal"
  acl_principal                = "User:fraud-detector"
  acl_host                     = "*"
  acl_operation                = "Read"
  acl_permission_type          = "Allow"
}

resource "kafka_acl" "fraud_detector_read_fraud_detector_" {
  resource_name                = "fraud-detector-"
  resource_type                = "Topic"
  resource_pattern_type_filter = "Prefixed"
  acl_principal                = "User:fraud-detector"
  acl_host                     = "*"
  acl_operation                = "Read"
  acl_permission_type          = "Allow"
}

resource "kafka_acl" "fraud_detector_write_fraud_detector_" {
  resource_name                = "fraud-detector-"
  resource_type                = "Topic"
  resource_pattern_type_filter = "Prefixed"
  acl_principal                = "User:fraud-detector"
  acl_host                     = "*"
  acl_operation                = "Write"
  acl_permission_type          = "Allow"
}

resource "kafka_acl" "fraud_detector_create_fraud_detector_" {
  resource_name                = "fraud-detector-"
  resource_type                = "Topic"
  resource_pattern_type_filter = "Prefixed"
  acl_principal                = "User:fraud-detector"
  acl_host                     = "*"
  acl_operation                = "Create"
  acl_permission_type          = "Allow"
}

resource "kafka_acl" "fraud_detector_delete_fraud_detector_" {
  resource_name                = "fraud-detector-"
  resource_type                = "Topic"
  resource_pattern_type_filter = "Prefixed"
  acl_principal                = "User:fraud-detector"
  acl_host                     = "*"
  acl_operation                = "Delete"
  acl_permission_type          = "Allow"
}

resource "kafka_acl" "fraud_detector_describeConfigs_fraud_detector_" {
  resource_name                = "fraud-detector-"
  resource_type                = "Topic"
  resource_pattern_type_filter = "Prefixed"
  acl_principal                = "User:fraud-detector"
  acl_host                     = "*"
  acl_operation                = "DescribeConfigs"
  acl_permission_type          = "Allow"
}

resource "kafka_acl" "fraud_detector_write_fraud_detector__2" {
  resource_name                = "fraud-detector-"
  resource_type                = "TransactionalID"
  resource_pattern_type_filter = "Prefixed"
  acl_principal                = "User:fraud-detector"
  acl_host                     = "*"
  acl_operation                = "Write"
  acl_permission_type          = "Allow"
}

resource "kafka_acl" "alert_service_read_fraud_alert_raised" {
  resource_name                = "fraud.alert.raised"
  resource_type                = "Topic"
  resource_pattern_type_filter = "Literal"
  acl_principal                = "User:alert-service"
  acl_host                     = "*"
  acl_operation                = "Read"
  acl_permission_type          = "Allow"
}

resource "kafka_acl" "alert_service_write_fraud_alert_service_dlq" {
  resource_name                = "fraud.alert-service.dlq"
  resource_type                = "Topic"
  resource_pattern_type_filter = "Literal"
  acl_principal                = "User:alert-service"
  acl_host                     = "*"
  acl_operation                = "Write"
  acl_permission_type          = "Allow"
}

resource "kafka_acl" "alert_service_read_alert_service" {
  resource_name                = "alert-service"
  resource_type                = "Group"
  resource_pattern_type_filter = "Literal"
  acl_principal                = "User:alert-service"
  acl_host                     = "*"
  acl_operation                = "Read"
  acl_permission_type          = "Allow"
}

resource "kafka_acl" "archive_sink_read_payments_transaction_captured" {
  resource_name                = "payments.transaction.captured"
  resource_type                = "Topic"
  resource_pattern_type_filter = "Literal"
  acl_principal                = "User:archive-sink"
  acl_host                     = "*"
  acl_operation                = "Read"
  acl_permission_type          = "Allow"
}

resource "kafka_acl" "archive_sink_read_payments_transaction_enriched" {
  resource_name                = "payments.transaction.enriched"
  resource_type                = "Topic"
  resource_pattern_type_filter = "Literal"
  acl_principal                = "User:archive-sink"
  acl_host                     = "*"
  acl_operation                = "Read"
  acl_permission_type          = "Allow"
}

resource "kafka_acl" "archive_sink_read_fraud_alert_raised" {
  resource_name                = "fraud.alert.raised"
  resource_type                = "Topic"
  resource_pattern_type_filter = "Literal"
  acl_principal                = "User:archive-sink"
  acl_host                     = "*"
  acl_operation                = "Read"
  acl_permission_type          = "Allow"
}

resource "kafka_acl" "archive_sink_read_connect_archive_sink" {
  resource_name                = "connect-archive-sink"
  resource_type                = "Group"
  resource_pattern_type_filter = "Literal"
  acl_principal                = "User:archive-sink"
  acl_host                     = "*"
  acl_operation                = "Read"
  acl_permission_type          = "Allow"
}
