# Written by "ottla design" for shop. Change the design file and write it again.

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

resource "kafka_topic" "orders_order_created" {
  name               = "orders.order.created"
  replication_factor = 3
  partitions         = 9
  config = {
    "min.insync.replicas" = "2"
    "cleanup.policy"      = "delete"
    "retention.ms"        = "2592000000"
    "segment.bytes"       = "1073741824"
    "segment.ms"          = "324000000"
    "compression.type"    = "producer"
  }
}

resource "kafka_topic" "orders_order_state" {
  name               = "orders.order.state"
  replication_factor = 3
  partitions         = 3
  config = {
    "min.insync.replicas" = "2"
    "cleanup.policy"      = "compact"
    "delete.retention.ms" = "86400000"
    "segment.ms"          = "604800000"
    "compression.type"    = "producer"
  }
}

resource "kafka_topic" "inventory_product_reserved" {
  name               = "inventory.product.reserved"
  replication_factor = 3
  partitions         = 30
  config = {
    "min.insync.replicas" = "2"
    "cleanup.policy"      = "delete"
    "retention.ms"        = "604800000"
    "segment.bytes"       = "134217728"
    "segment.ms"          = "75600000"
    "compression.type"    = "producer"
  }
}

resource "kafka_topic" "payments_payment_completed" {
  name               = "payments.payment.completed"
  replication_factor = 3
  partitions         = 3
  config = {
    "min.insync.replicas" = "2"
    "cleanup.policy"      = "delete"
    "retention.ms"        = "2592000000"
    "segment.bytes"       = "1073741824"
    "segment.ms"          = "324000000"
    "compression.type"    = "producer"
  }
}

resource "kafka_topic" "notifications_email_requested" {
  name               = "notifications.email.requested"
  replication_factor = 3
  partitions         = 135
  config = {
    "min.insync.replicas" = "2"
    "cleanup.policy"      = "delete"
    "retention.ms"        = "259200000"
    "segment.bytes"       = "134217728"
    "segment.ms"          = "32400000"
    "compression.type"    = "producer"
  }
}

resource "kafka_topic" "shop_order_state_dlq" {
  name               = "shop.order-state.dlq"
  replication_factor = 3
  partitions         = 3
  config = {
    "min.insync.replicas" = "2"
    "cleanup.policy"      = "delete"
    "retention.ms"        = "2592000000"
    "compression.type"    = "producer"
  }
}

resource "kafka_topic" "shop_inventory_service_dlq" {
  name               = "shop.inventory-service.dlq"
  replication_factor = 3
  partitions         = 3
  config = {
    "min.insync.replicas" = "2"
    "cleanup.policy"      = "delete"
    "retention.ms"        = "2592000000"
    "compression.type"    = "producer"
  }
}

resource "kafka_topic" "shop_payment_service_dlq" {
  name               = "shop.payment-service.dlq"
  replication_factor = 3
  partitions         = 3
  config = {
    "min.insync.replicas" = "2"
    "cleanup.policy"      = "delete"
    "retention.ms"        = "1209600000"
    "compression.type"    = "producer"
  }
}

resource "kafka_topic" "shop_notification_service_retry_30s" {
  name               = "shop.notification-service.retry-30s"
  replication_factor = 3
  partitions         = 3
  config = {
    "min.insync.replicas" = "2"
    "cleanup.policy"      = "delete"
    "retention.ms"        = "259200000"
    "compression.type"    = "producer"
  }
}

resource "kafka_topic" "shop_notification_service_retry_10min" {
  name               = "shop.notification-service.retry-10min"
  replication_factor = 3
  partitions         = 3
  config = {
    "min.insync.replicas" = "2"
    "cleanup.policy"      = "delete"
    "retention.ms"        = "259200000"
    "compression.type"    = "producer"
  }
}

resource "kafka_topic" "shop_notification_service_dlq" {
  name               = "shop.notification-service.dlq"
  replication_factor = 3
  partitions         = 3
  config = {
    "min.insync.replicas" = "2"
    "cleanup.policy"      = "delete"
    "retention.ms"        = "1209600000"
    "compression.type"    = "producer"
  }
}

resource "kafka_acl" "order_service_write_orders_order_created" {
  resource_name                = "orders.order.created"
  resource_type                = "Topic"
  resource_pattern_type_filter = "Literal"
  acl_principal                = "User:order-service"
  acl_host                     = "*"
  acl_operation                = "Write"
  acl_permission_type          = "Allow"
}

resource "kafka_acl" "order_state_write_orders_order_state" {
  resource_name                = "orders.order.state"
  resource_type                = "Topic"
  resource_pattern_type_filter = "Literal"
  acl_principal                = "User:order-state"
  acl_host                     = "*"
  acl_operation                = "Write"
  acl_permission_type          = "Allow"
}

resource "kafka_acl" "order_state_write_notifications_email_requested" {
  resource_name                = "notifications.email.requested"
  resource_type                = "Topic"
  resource_pattern_type_filter = "Literal"
  acl_principal                = "User:order-state"
  acl_host                     = "*"
  acl_operation                = "Write"
  acl_permission_type          = "Allow"
}

resource "kafka_acl" "order_state_read_orders_order_created" {
  resource_name                = "orders.order.created"
  resource_type                = "Topic"
  resource_pattern_type_filter = "Literal"
  acl_principal                = "User:order-state"
  acl_host                     = "*"
  acl_operation                = "Read"
  acl_permission_type          = "Allow"
}

resource "kafka_acl" "order_state_read_inventory_product_reserved" {
  resource_name                = "inventory.product.reserved"
  resource_type                = "Topic"
  resource_pattern_type_filter = "Literal"
  acl_principal                = "User:order-state"
  acl_host                     = "*"
  acl_operation                = "Read"
  acl_permission_type          = "Allow"
}

resource "kafka_acl" "order_state_read_payments_payment_completed" {
  resource_name                = "payments.payment.completed"
  resource_type                = "Topic"
  resource_pattern_type_filter = "Literal"
  acl_principal                = "User:order-state"
  acl_host                     = "*"
  acl_operation                = "Read"
  acl_permission_type          = "Allow"
}

resource "kafka_acl" "order_state_write_shop_order_state_dlq" {
  resource_name                = "shop.order-state.dlq"
  resource_type                = "Topic"
  resource_pattern_type_filter = "Literal"
  acl_principal                = "User:order-state"
  acl_host                     = "*"
  acl_operation                = "Write"
  acl_permission_type          = "Allow"
}

resource "kafka_acl" "order_state_read_order_state" {
  resource_name                = "order-state"
  resource_type                = "Group"
  resource_pattern_type_filter = "Literal"
  acl_principal                = "User:order-state"
  acl_host                     = "*"
  acl_operation                = "Read"
  acl_permission_type          = "Allow"
}

resource "kafka_acl" "order_state_write_order_state_tx_" {
  resource_name                = "order-state.tx-"
  resource_type                = "TransactionalID"
  resource_pattern_type_filter = "Prefixed"
  acl_principal                = "User:order-state"
  acl_host                     = "*"
  acl_operation                = "Write"
  acl_permission_type          = "Allow"
}

resource "kafka_acl" "inventory_service_write_inventory_product_reserved" {
  resource_name                = "inventory.product.reserved"
  resource_type                = "Topic"
  resource_pattern_type_filter = "Literal"
  acl_principal                = "User:inventory-service"
  acl_host                     = "*"
  acl_operation                = "Write"
  acl_permission_type          = "Allow"
}

resource "kafka_acl" "inventory_service_read_orders_order_created" {
  resource_name                = "orders.order.created"
  resource_type                = "Topic"
  resource_pattern_type_filter = "Literal"
  acl_principal                = "User:inventory-service"
  acl_host                     = "*"
  acl_operation                = "Read"
  acl_permission_type          = "Allow"
}

resource "kafka_acl" "inventory_service_write_shop_inventory_service_dlq" {
  resource_name                = "shop.inventory-service.dlq"
  resource_type                = "Topic"
  resource_pattern_type_filter = "Literal"
  acl_principal                = "User:inventory-service"
  acl_host                     = "*"
  acl_operation                = "Write"
  acl_permission_type          = "Allow"
}

resource "kafka_acl" "inventory_service_read_inventory_service" {
  resource_name                = "inventory-service"
  resource_type                = "Group"
  resource_pattern_type_filter = "Literal"
  acl_principal                = "User:inventory-service"
  acl_host                     = "*"
  acl_operation                = "Read"
  acl_permission_type          = "Allow"
}

resource "kafka_acl" "payment_service_write_payments_payment_completed" {
  resource_name                = "payments.payment.completed"
  resource_type                = "Topic"
  resource_pattern_type_filter = "Literal"
  acl_principal                = "User:payment-service"
  acl_host                     = "*"
  acl_operation                = "Write"
  acl_permission_type          = "Allow"
}

resource "kafka_acl" "payment_service_read_inventory_product_reserved" {
  resource_name                = "inventory.product.reserved"
  resource_type                = "Topic"
  resource_pattern_type_filter = "Literal"
  acl_principal                = "User:payment-service"
  acl_host                     = "*"
  acl_operation                = "Read"
  acl_permission_type          = "Allow"
}

resource "kafka_acl" "payment_service_write_shop_payment_service_dlq" {
  resource_name                = "shop.payment-service.dlq"
  resource_type                = "Topic"
  resource_pattern_type_filter = "Literal"
  acl_principal                = "User:payment-service"
  acl_host                     = "*"
  acl_operation                = "Write"
  acl_permission_type          = "Allow"
}

resource "kafka_acl" "payment_service_read_payment_service" {
  resource_name                = "payment-service"
  resource_type                = "Group"
  resource_pattern_type_filter = "Literal"
  acl_principal                = "User:payment-service"
  acl_host                     = "*"
  acl_operation                = "Read"
  acl_permission_type          = "Allow"
}

resource "kafka_acl" "notification_service_read_notifications_email_requested" {
  resource_name                = "notifications.email.requested"
  resource_type                = "Topic"
  resource_pattern_type_filter = "Literal"
  acl_principal                = "User:notification-service"
  acl_host                     = "*"
  acl_operation                = "Read"
  acl_permission_type          = "Allow"
}

resource "kafka_acl" "notification_service_read_shop_notification_service_retry_30s" {
  resource_name                = "shop.notification-service.retry-30s"
  resource_type                = "Topic"
  resource_pattern_type_filter = "Literal"
  acl_principal                = "User:notification-service"
  acl_host                     = "*"
  acl_operation                = "Read"
  acl_permission_type          = "Allow"
}

resource "kafka_acl" "notification_service_write_shop_notification_service_retry_30s" {
  resource_name                = "shop.notification-service.retry-30s"
  resource_type                = "Topic"
  resource_pattern_type_filter = "Literal"
  acl_principal                = "User:notification-service"
  acl_host                     = "*"
  acl_operation                = "Write"
  acl_permission_type          = "Allow"
}

resource "kafka_acl" "notification_service_read_shop_notification_service_retry_10min" {
  resource_name                = "shop.notification-service.retry-10min"
  resource_type                = "Topic"
  resource_pattern_type_filter = "Literal"
  acl_principal                = "User:notification-service"
  acl_host                     = "*"
  acl_operation                = "Read"
  acl_permission_type          = "Allow"
}

resource "kafka_acl" "notification_service_write_shop_notification_service_retry_10min" {
  resource_name                = "shop.notification-service.retry-10min"
  resource_type                = "Topic"
  resource_pattern_type_filter = "Literal"
  acl_principal                = "User:notification-service"
  acl_host                     = "*"
  acl_operation                = "Write"
  acl_permission_type          = "Allow"
}

resource "kafka_acl" "notification_service_write_shop_notification_service_dlq" {
  resource_name                = "shop.notification-service.dlq"
  resource_type                = "Topic"
  resource_pattern_type_filter = "Literal"
  acl_principal                = "User:notification-service"
  acl_host                     = "*"
  acl_operation                = "Write"
  acl_permission_type          = "Allow"
}

resource "kafka_acl" "notification_service_read_notification_service" {
  resource_name                = "notification-service"
  resource_type                = "Group"
  resource_pattern_type_filter = "Literal"
  acl_principal                = "User:notification-service"
  acl_host                     = "*"
  acl_operation                = "Read"
  acl_permission_type          = "Allow"
}
