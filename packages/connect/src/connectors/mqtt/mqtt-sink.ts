import { defineSink } from "../../plugin/define.ts";
import { checkMqtt, checkSettings } from "./check-mqtt.ts";
import { mqttSinkConfig } from "./mqtt-config.ts";
import { MqttWriting } from "./mqtt-writing.ts";
import { checkTopicTemplate } from "./message-of-record.ts";

/** Records as messages of an MQTT server: a record is done when the server has acknowledged its message. After a lost connection what was not acknowledged is sent again. */
export const mqttSink = defineSink({
  name: "mqtt-sink",
  aliases: ["io.confluent.connect.mqtt.MqttSinkConnector"],
  version: "0.1.0",
  doc: "Publishes records to an MQTT server, 3.1.1 and 5.",
  config: mqttSinkConfig,
  async check(settings, context) {
    checkSettings(settings);
    checkTopicTemplate(settings["mqtt.topic"]);
    return checkMqtt(settings, context);
  },
  async open(settings, context) {
    checkSettings(settings);
    checkTopicTemplate(settings["mqtt.topic"]);
    return new MqttWriting(settings, context);
  },
});
