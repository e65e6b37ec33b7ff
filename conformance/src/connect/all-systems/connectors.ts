import type { Systems } from "./systems.ts";

const TOPICS = "shop\\.public\\..*|depot\\.stock\\..*";
/** A consumer that was killed leaves its group after so long. */
const SINK = {
  "topics.regex": TOPICS,
  "consumer.override.isolation.level": "read_committed",
  "consumer.override.session.timeout.ms": "6000",
  "consumer.override.metadata.max.age.ms": "3000",
};
const SECRET = "${env:DAY_SECRET}";
const unwrapped = (more: Readonly<Record<string, string>>): Record<string, string> => ({
  transforms: "unwrap,route",
  "transforms.unwrap.type": "io.debezium.transforms.ExtractNewRecordState",
  "transforms.route.type": "org.apache.kafka.connect.transforms.RegexRouter",
  "transforms.route.regex": ".*\\.(\\w+)",
  "transforms.route.replacement": "$1",
  ...more,
});

/** By name: two databases to topics, topics to a lake, to tables and to streams. */
export function connectorConfigs(systems: Systems): Readonly<Record<string, Record<string, string>>> {
  const { postgres, mariadb, target, redis, s3Url } = systems;
  return {
    shop: {
      "connector.class": "io.debezium.connector.postgresql.PostgresConnector",
      "database.hostname": postgres.connection.host,
      "database.port": String(postgres.connection.port),
      "database.user": postgres.connection.user,
      "database.password": SECRET,
      "database.dbname": postgres.connection.database,
      "topic.prefix": "shop",
      "status.update.interval.ms": "500",
      "retriable.restart.connector.wait.ms": "500",
    },
    depot: {
      "connector.class": "io.debezium.connector.mariadb.MariaDbConnector",
      "database.hostname": mariadb.connection.host,
      "database.port": String(mariadb.connection.port),
      "database.user": mariadb.connection.user,
      "database.ssl.mode": "disable",
      "topic.prefix": "depot",
      "database.include.list": "stock",
      "offset.idle.interval.ms": "500",
      "retriable.restart.connector.wait.ms": "500",
    },
    lake: {
      "connector.class": "io.confluent.connect.s3.S3SinkConnector",
      ...SINK,
      "tasks.max": "2",
      "s3.bucket.name": "lake",
      "store.url": s3Url,
      "aws.access.key.id": "day",
      "aws.secret.access.key": SECRET,
      "format.class": "json",
      "flush.size": "50",
      "behavior.on.null.values": "ignore",
    },
    rows: {
      "connector.class": "io.confluent.connect.jdbc.JdbcSinkConnector",
      ...SINK,
      "tasks.max": "2",
      "connection.url": `jdbc:postgresql://${target.connection.host}:${target.connection.port}/${target.connection.database}`,
      "connection.user": target.connection.user,
      "connection.password": SECRET,
      "insert.mode": "upsert",
      "pk.mode": "record_key",
      "delete.enabled": "true",
      "auto.create": "true",
      ...unwrapped({ "transforms.unwrap.delete.tombstone.handling.mode": "tombstone" }),
    },
    streams: {
      "connector.class": "redis-sink",
      ...SINK,
      "redis.uri": `redis://127.0.0.1:${redis.port}`,
      "redis.reconnect.max.ms": "500",
      ...unwrapped({ "transforms.unwrap.delete.tombstone.handling.mode": "drop" }),
    },
  };
}

/** Settings that may change while it runs, and change nothing of what is written. */
export const HARMLESS: Readonly<Record<string, (number: number) => Record<string, string>>> = {
  shop: (number) => ({ "max.batch.size": String(100 + (number % 400)) }),
  depot: (number) => ({ "max.batch.size": String(100 + (number % 400)) }),
  lake: (number) => ({ "tasks.max": String(1 + (number % 3)) }),
  rows: (number) => ({ "batch.size": String(10 + (number % 300)), "tasks.max": String(1 + (number % 2)) }),
  streams: (number) => ({ "consumer.override.max.poll.records": String(20 + (number % 400)) }),
};
