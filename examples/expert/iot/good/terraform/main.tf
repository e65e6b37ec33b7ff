# Written by "ottla design" for iot. Change the design file and write it again.

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

resource "kafka_topic" "devices_telemetry_measured" {
  name               = "devices.telemetry.measured"
  replication_factor = 3
  partitions         = 63
  config = {
    "min.insync.replicas" = "2"
    "cleanup.policy"      = "delete"
    "retention.ms"        = "604800000"
    "segment.bytes"       = "1073741824"
    "segment.ms"          = "75600000"
    "compression.type"    = "producer"
  }
}

resource "kafka_topic" "devices_device_described" {
  name               = "devices.device.described"
  replication_factor = 3
  partitions         = 63
  config = {
    "min.insync.replicas"   = "2"
    "cleanup.policy"        = "compact"
    "delete.retention.ms"   = "86400000"
    "max.compaction.lag.ms" = "2592000000"
    "segment.ms"            = "604800000"
    "compression.type"      = "producer"
  }
}

resource "kafka_topic" "devices_telemetry_enriched" {
  name               = "devices.telemetry.enriched"
  replication_factor = 3
  partitions         = 63
  config = {
    "min.insync.replicas" = "2"
    "cleanup.policy"      = "delete"
    "retention.ms"        = "86400000"
    "segment.bytes"       = "1073741824"
    "segment.ms"          = "10800000"
    "compression.type"    = "producer"
  }
}

resource "kafka_topic" "devices_alert_raised" {
  name               = "devices.alert.raised"
  replication_factor = 3
  partitions         = 63
  config = {
    "min.insync.replicas" = "2"
    "cleanup.policy"      = "delete"
    "retention.ms"        = "2592000000"
    "segment.bytes"       = "268435456"
    "segment.ms"          = "324000000"
    "compression.type"    = "producer"
  }
}

resource "kafka_topic" "iot_enricher_dlq" {
  name               = "iot.enricher.dlq"
  replication_factor = 3
  partitions         = 9
  config = {
    "min.insync.replicas" = "2"
    "cleanup.policy"      = "delete"
    "retention.ms"        = "1209600000"
    "compression.type"    = "producer"
  }
}

resource "kafka_topic" "iot_alert_service_dlq" {
  name               = "iot.alert-service.dlq"
  replication_factor = 3
  partitions         = 9
  config = {
    "min.insync.replicas" = "2"
    "cleanup.policy"      = "delete"
    "retention.ms"        = "2592000000"
    "compression.type"    = "producer"
  }
}

resource "kafka_acl" "mqtt_gateway_write_devices_telemetry_measured" {
  resource_name                = "devices.telemetry.measured"
  resource_type                = "Topic"
  resource_pattern_type_filter = "Literal"
  acl_principal                = "User:mqtt-gateway"
  acl_host                     = "*"
  acl_operation                = "Write"
  acl_permission_type          = "Allow"
}

resource "kafka_acl" "device_registry_write_devices_device_described" {
  resource_name                = "devices.device.described"
  resource_type                = "Topic"
  resource_pattern_type_filter = "Literal"
  acl_principal                = "User:device-registry"
  acl_host                     = "*"
  acl_operation                = "Write"
  acl_permission_type          = "Allow"
}

resource "kafka_acl" "enricher_write_devices_telemetry_enriched" {
  resource_name                = "devices.telemetry.enriched"
  resource_type                = "Topic"
  resource_pattern_type_filter = "Literal"
  acl_principal                = "User:enricher"
  acl_host                     = "*"
  acl_operation                = "Write"
  acl_permission_type          = "Allow"
}

resource "kafka_acl" "enricher_write_devices_alert_raised" {
  resource_name                = "devices.alert.raised"
  resource_type                = "Topic"
  resource_pattern_type_filter = "Literal"
  acl_principal                = "User:enricher"
  acl_host                     = "*"
  acl_operation                = "Write"
  acl_permission_type          = "Allow"
}

resource "kafka_acl" "enricher_read_devices_telemetry_measured" {
  resource_name                = "devices.telemetry.measured"
  resource_type                = "Topic"
  resource_pattern_type_filter = "Literal"
  acl_principal                = "User:enricher"
  acl_host                     = "*"
  acl_operation                = "Read"
  acl_permission_type          = "Allow"
}

resource "kafka_acl" "enricher_read_devices_device_described" {
  resource_name                = "devices.device.described"
  resource_type                = "Topic"
  resource_pattern_type_filter = "Literal"
  acl_principal                = "User:enricher"
  acl_host                     = "*"
  acl_operation                = "Read"
  acl_permission_type          = "Allow"
}

resource "kafka_acl" "enricher_write_iot_enricher_dlq" {
  resource_name                = "iot.enricher.dlq"
  resource_type                = "Topic"
  resource_pattern_type_filter = "Literal"
  acl_principal                = "User:enricher"
  acl_host                     = "*"
  acl_operation                = "Write"
  acl_permission_type          = "Allow"
}

resource "kafka_acl" "enricher_read_enricher" {
  resource_name                = "enricher"
  resource_type                = "Group"
  resource_pattern_type_filter = "Literal"
  acl_principal                = "User:enricher"
  acl_host                     = "*"
  acl_operation                = "Read"
  acl_permission_type          = "Allow"
}

resource "kafka_acl" "enricher_read_enricher_" {
  resource_name                = "enricher-"
  resource_type                = "Topic"
  resource_pattern_type_filter = "Prefixed"
  acl_principal                = "User:enricher"
  acl_host                     = "*"
  acl_operation                = "Read"
  acl_permission_type          = "Allow"
}

resource "kafka_acl" "enricher_write_enricher_" {
  resource_name                = "enricher-"
  resource_type                = "Topic"
  resource_pattern_type_filter = "Prefixed"
  acl_principal                = "User:enricher"
  acl_host                     = "*"
  acl_operation                = "Write"
  acl_permission_type          = "Allow"
}

resource "kafka_acl" "enricher_create_enricher_" {
  resource_name                = "enricher-"
  resource_type                = "Topic"
  resource_pattern_type_filter = "Prefixed"
  acl_principal                = "User:enricher"
  acl_host                     = "*"
  acl_operation                = "Create"
  acl_permission_type          = "Allow"
}

resource "kafka_acl" "enricher_delete_enricher_" {
  resource_name                = "enricher-"
  resource_type                = "Topic"
  resource_pattern_type_filter = "Prefixed"
  acl_principal                = "User:enricher"
  acl_host                     = "*"
  acl_operation                = "Delete"
  acl_permission_type          = "Allow"
}

resource "kafka_acl" "enricher_describeConfigs_enricher_" {
  resource_name                = "enricher-"
  resource_type                = "Topic"
  resource_pattern_type_filter = "Prefixed"
  acl_principal                = "User:enricher"
  acl_host                     = "*"
  acl_operation                = "DescribeConfigs"
  acl_permission_type          = "Allow"
}

resource "kafka_acl" "archive_sink_read_devices_telemetry_enriched" {
  resource_name                = "devices.telemetry.enriched"
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

resource "kafka_acl" "alert_service_read_devices_alert_raised" {
  resource_name                = "devices.alert.raised"
  resource_type                = "Topic"
  resource_pattern_type_filter = "Literal"
  acl_principal                = "User:alert-service"
  acl_host                     = "*"
  acl_operation                = "Read"
  acl_permission_type          = "Allow"
}

resource "kafka_acl" "alert_service_write_iot_alert_service_dlq" {
  resource_name                = "iot.alert-service.dlq"
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
