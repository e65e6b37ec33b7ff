import { bool, type ConfigValues, int, list, long, oneOf, secret, str } from "../../plugin/config-shape.ts";

const high = { importance: "high" } as const;
const low = { importance: "low" } as const;
const qos = (): ReturnType<typeof int> => int().range(0, 2);

const sharedConfig = {
  "mqtt.server.uri": list()
    .with(high)
    .doc("tcp://host:1883 or ssl://host:8883 (mqtt:// and mqtts:// too); of several the first that answers."),
  "mqtt.version": oneOf("5", "3.1.1").default("5").doc("The protocol. 5 has reasons for refusals, user properties and a window."),
  "mqtt.client.id": str()
    .optional()
    .doc("One per task: a number is added where there are several. Left out: ottla- and the connector's name."),
  "mqtt.username": str().optional().with(high).doc("Login."),
  "mqtt.password": secret().optional().with(high).doc("Its password."),
  "mqtt.connect.timeout.seconds": int().default(30).range(1).with(low).doc("So long a server may take to answer a login."),
  "mqtt.keepalive.interval.seconds": int()
    .default(60)
    .range(1, 65_535)
    .with(low)
    .doc("A server that is silent for so long is asked whether it is there."),
  "mqtt.reconnect.max.ms": int()
    .default(30_000)
    .range(0)
    .with(low)
    .doc("The longest pause before a lost server is tried again; it begins at 250 ms and doubles."),
  "mqtt.max.packet.bytes": int().default(16_777_216).range(256, 268_435_460).with(low).doc("A larger message is not taken."),
  "mqtt.ssl.ca.location": str().optional().doc("File with the certificates of authorities that are trusted, PEM; left out: those of Node."),
  "mqtt.ssl.certificate.location": str().optional().doc("File with the client's certificate, PEM."),
  "mqtt.ssl.key.location": str().optional().doc("File with the client's private key, PEM."),
  "mqtt.ssl.key.password": secret().optional().doc("The key's password."),
  "mqtt.ssl.verify.hostname": bool()
    .default(true)
    .with(low)
    .doc("Whether the server's certificate must have the name in its address; who issued it is always checked."),
  "mqtt.will.topic": str().optional().doc("Where the server says that this client is gone without a farewell."),
  "mqtt.will.payload": str().default("").doc("What it says."),
  "mqtt.will.qos": qos().default(0).with(low).doc("At which quality of service."),
  "mqtt.will.retained": bool().default(false).with(low).doc("Whether it is kept for those who subscribe later."),
};

/** Settings of the source: the names that files for Confluent's connector have, where they have one. */
export const mqttSourceConfig = {
  ...sharedConfig,
  "mqtt.topics": list().with(high).doc("Topic filters, + and # among them. A filter that goes away is unsubscribed."),
  "kafka.topic": str().default("mqtt").with(high).doc("Where messages go that no mapping takes."),
  "mqtt.topic.mapping": list()
    .default([])
    .doc("filter=topic, the first that matches; $1, $2 are what its wildcards stand for. What a Kafka topic's name cannot have becomes _."),
  "mqtt.qos": qos()
    .default(1)
    .with(high)
    .doc(
      "The highest quality of service that is asked for. 0: at most once. 1 and 2: at least once, acknowledged when the record is durable.",
    ),
  "mqtt.clean.session.enabled": bool().default(false).doc("Whether the server forgets what was published while nobody read."),
  "mqtt.session.expiry.seconds": long()
    .default(604_800)
    .range(0, 4_294_967_295)
    .doc("MQTT 5: the server keeps messages for an absent task for so long; 4294967295: for ever."),
  "mqtt.receive.maximum": int()
    .default(1000)
    .range(1, 65_535)
    .doc("MQTT 5: the server sends no more than so many messages before they are acknowledged."),
  "mqtt.shared.group": str()
    .optional()
    .doc("Shares the filters out over tasks.max tasks ($share/group/filter). Without it there is one task."),
  "mqtt.key": oneOf("topic", "none").default("topic").doc("A record's key."),
};

/** Settings of the sink. */
export const mqttSinkConfig = {
  ...sharedConfig,
  "mqtt.topic": str().default("${topic}").with(high).doc("Where a record goes: ${topic}, ${key}, ${partition} are the record's."),
  "mqtt.qos": qos()
    .default(1)
    .with(high)
    .doc("0: handed to the network. 1 and 2: acknowledged by the server before its offset is committed."),
  "mqtt.retained.enabled": bool().default(false).doc("Whether the server keeps the last message of each topic; an empty one removes it."),
  "mqtt.inflight.max": int()
    .default(500)
    .range(1, 65_535)
    .doc("So many messages are on their way at most, and no more than the server takes."),
  "behavior.on.null.values": oneOf("empty", "ignore", "fail")
    .default("empty")
    .doc("A record without a value: a message without a payload, none, or an error."),
  "mqtt.user.properties.enabled": bool().default(true).with(low).doc("MQTT 5: whether headers become user properties."),
};

/** What source and sink have alike. */
export type MqttSettings = ConfigValues<typeof sharedConfig>;
export type MqttSourceSettings = ConfigValues<typeof mqttSourceConfig>;
export type MqttSinkSettings = ConfigValues<typeof mqttSinkConfig>;
