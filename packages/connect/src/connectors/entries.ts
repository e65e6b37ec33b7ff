import type { PluginEntry } from "../plugin/plugin-entry.ts";

/** The connectors that come along. */
export const connectorEntries: readonly PluginEntry<"source" | "sink">[] = [
  {
    kind: "source",
    name: "file-source",
    aliases: ["org.apache.kafka.connect.file.FileStreamSourceConnector"],
    version: "1.0.0",
    load: async () => (await import("./file/file-source.ts")).fileSource,
  },
  {
    kind: "sink",
    name: "file-sink",
    aliases: ["org.apache.kafka.connect.file.FileStreamSinkConnector"],
    version: "1.0.0",
    load: async () => (await import("./file/file-sink.ts")).fileSink,
  },
  {
    kind: "source",
    name: "datagen",
    aliases: ["io.confluent.kafka.connect.datagen.DatagenConnector"],
    version: "1.0.0",
    load: async () => (await import("./datagen/datagen-source.ts")).datagenSource,
  },
  {
    kind: "source",
    name: "postgres",
    aliases: ["io.debezium.connector.postgresql.PostgresConnector"],
    version: "0.1.0",
    load: async () => (await import("./postgres/postgres-source.ts")).postgresSource,
  },
  {
    kind: "source",
    name: "mariadb",
    aliases: ["io.debezium.connector.mariadb.MariaDbConnector", "io.debezium.connector.mysql.MySqlConnector"],
    version: "0.1.0",
    load: async () => (await import("./mariadb/mariadb-source.ts")).mariadbSource,
  },
  {
    kind: "sink",
    name: "s3-sink",
    aliases: ["io.confluent.connect.s3.S3SinkConnector"],
    version: "0.1.0",
    load: async () => (await import("./s3/s3-sink.ts")).s3Sink,
  },
  {
    kind: "sink",
    name: "jdbc-sink",
    aliases: ["io.confluent.connect.jdbc.JdbcSinkConnector", "io.aiven.connect.jdbc.JdbcSinkConnector"],
    version: "0.1.0",
    load: async () => (await import("./jdbc/jdbc-sink.ts")).jdbcSink,
  },
  {
    kind: "source",
    name: "jdbc-source",
    aliases: ["io.confluent.connect.jdbc.JdbcSourceConnector", "io.aiven.connect.jdbc.JdbcSourceConnector"],
    version: "0.1.0",
    load: async () => (await import("./jdbc/source/jdbc-source.ts")).jdbcSource,
  },
  {
    kind: "source",
    name: "mqtt-source",
    aliases: ["io.confluent.connect.mqtt.MqttSourceConnector"],
    version: "0.1.0",
    load: async () => (await import("./mqtt/mqtt-source.ts")).mqttSource,
  },
  {
    kind: "sink",
    name: "mqtt-sink",
    aliases: ["io.confluent.connect.mqtt.MqttSinkConnector"],
    version: "0.1.0",
    load: async () => (await import("./mqtt/mqtt-sink.ts")).mqttSink,
  },
  {
    kind: "sink",
    name: "http-sink",
    aliases: ["io.aiven.kafka.connect.http.HttpSinkConnector", "io.confluent.connect.http.HttpSinkConnector"],
    version: "0.1.0",
    load: async () => (await import("./http/sink/http-sink.ts")).httpSink,
  },
  {
    kind: "source",
    name: "http-source",
    aliases: ["io.confluent.connect.http.HttpSourceConnector"],
    version: "0.1.0",
    load: async () => (await import("./http/source/http-source.ts")).httpSource,
  },
];
