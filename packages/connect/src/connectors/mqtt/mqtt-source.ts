import { ConnectError } from "../../connect-error.ts";
import { defineSource } from "../../plugin/define.ts";
import type { SourceTaskContext } from "../../plugin/source-plugin.ts";
import { checkMqtt, checkSourceSettings } from "./check-mqtt.ts";
import { mqttSourceConfig } from "./mqtt-config.ts";
import { MqttReading, type MqttShare } from "./mqtt-reading.ts";

const readings = new WeakMap<SourceTaskContext<object>, MqttReading>();

/**
 * Messages of an MQTT server as records. Of quality 1 and 2 each is acknowledged when its record is durable, so that none is lost whatever dies; after a crash the last ones come again. Of quality 0 each comes at most once.
 */
export const mqttSource = defineSource({
  name: "mqtt-source",
  aliases: ["io.confluent.connect.mqtt.MqttSourceConnector"],
  version: "0.1.0",
  doc: "Reads topics of an MQTT server, 3.1.1 and 5.",
  config: mqttSourceConfig,
  check: async (settings, context) => {
    checkSourceSettings(settings);
    return checkMqtt(settings, context);
  },
  split: async (settings, maxTasks): Promise<readonly MqttShare[]> => {
    checkSourceSettings(settings);
    const tasks = settings["mqtt.shared.group"] === undefined ? 1 : maxTasks;
    return Array.from({ length: tasks }, (_, task) => ({ task, tasks }));
  },
  async *read(settings, context: SourceTaskContext<MqttShare>) {
    checkSourceSettings(settings);
    const reading = new MqttReading(settings, context);
    readings.set(context, reading);
    yield* reading.read();
  },
  delivered(_partition, offset, context) {
    readings.get(context)?.durable(Number(offset["received"]));
  },
  async checkOffsets(_settings, offsets) {
    for (const { partition, offset } of offsets) {
      if (typeof partition["client"] !== "string")
        throw new ConnectError("CONNECT_CONFIG", 'A partition of an MQTT source is {"client": "…"}, the id of a task\'s client.');
      if (offset !== null && (typeof offset["received"] !== "number" || typeof offset["filters"] !== "string"))
        throw new ConnectError(
          "CONNECT_CONFIG",
          'An offset of an MQTT source is {"received": N, "filters": "…", "qos": N}; the server alone knows what is unread.',
        );
    }
  },
});
