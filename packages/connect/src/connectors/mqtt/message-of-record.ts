import type { IPublishPacket, QoS, UserProperties } from "mqtt-packet";
import { ConnectError } from "../../connect-error.ts";
import type { SinkRecord } from "../../data/connect-record.ts";
import { DataError } from "../../data/data-error.ts";
import { valueText } from "../../data/value-text.ts";
import { jsonText } from "../json-text.ts";
import type { MqttSinkSettings } from "./mqtt-config.ts";

const PLACES = /\$\{(\w*)\}/g;
const PROPERTY_BYTES_MAX = 65_535;

/** @throws ConnectError CONNECT_CONFIG */
export function checkTopicTemplate(template: string): void {
  for (const [whole, name = ""] of template.matchAll(PLACES))
    if (!["topic", "key", "partition"].includes(name))
      throw new ConnectError("CONNECT_CONFIG", `mqtt.topic: ${whole} is not known; there are \${topic}, \${key} and \${partition}.`);
  if (template === "" || /[+#\0]/.test(template)) throw new ConnectError("CONNECT_CONFIG", "mqtt.topic is a topic, without + and #.");
}

/**
 * The message of a record, its packet id left to whoever sends it; undefined: there is none.
 * @throws DataError where it has no message
 */
export function messageOfRecord(record: SinkRecord, settings: MqttSinkSettings): IPublishPacket | undefined {
  const { value, valueSchema } = record;
  const isNull = value === null || value === undefined;
  if (isNull && settings["behavior.on.null.values"] === "ignore") return undefined;
  if (isNull && settings["behavior.on.null.values"] === "fail")
    throw new DataError("a record without a value has no message (behavior.on.null.values=fail)");
  return {
    cmd: "publish",
    topic: topicOf(record, settings["mqtt.topic"]),
    payload: isNull ? Buffer.alloc(0) : value instanceof Uint8Array ? asBuffer(value) : Buffer.from(jsonText(valueSchema, value)),
    qos: settings["mqtt.qos"] as QoS,
    retain: settings["mqtt.retained.enabled"],
    dup: false,
    ...(settings["mqtt.version"] === "5" && settings["mqtt.user.properties.enabled"] && userPropertiesOf(record)),
  };
}

function topicOf(record: SinkRecord, template: string): string {
  const topic = template.replaceAll(PLACES, (_, name: string) => {
    if (name === "topic") return record.topic;
    if (name === "partition") return String(record.partition);
    return record.key instanceof Uint8Array ? asBuffer(record.key).toString("utf8") : valueText(record.keySchema, record.key);
  });
  if (topic === "" || /[+#\0]/.test(topic) || Buffer.byteLength(topic) > 65_535)
    throw new DataError(
      `${JSON.stringify(topic.slice(0, 60))} is no topic of MQTT's: it has a +, a # or a NUL, or is empty or too long (mqtt.topic)`,
    );
  return topic;
}

function userPropertiesOf({ headers }: SinkRecord): { readonly properties?: { readonly userProperties: UserProperties } } {
  if (headers.length === 0) return {};
  const found = new Map<string, string[]>();
  for (const { key, schema, value } of headers) {
    const text = valueText(schema, value);
    if (Buffer.byteLength(key) > PROPERTY_BYTES_MAX || Buffer.byteLength(text) > PROPERTY_BYTES_MAX)
      throw new DataError(
        `the header "${key.slice(0, 60)}" is longer than a user property can be (mqtt.user.properties.enabled=false leaves headers out)`,
      );
    const list = found.get(key);
    if (list === undefined) found.set(key, [text]);
    else list.push(text);
  }
  return { properties: { userProperties: Object.fromEntries(found) } };
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
