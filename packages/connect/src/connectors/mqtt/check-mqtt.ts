import { ConnectError } from "../../connect-error.ts";
import type { CheckContext, CheckFinding } from "../../plugin/plugin-context.ts";
import type { MqttSettings, MqttSourceSettings } from "./mqtt-config.ts";
import { MqttConnection } from "./mqtt-connection.ts";
import { readServers } from "./mqtt-server.ts";
import { checkFilter, TopicMapping } from "./mqtt-topics.ts";

/** @throws ConnectError CONNECT_CONFIG with what no server has to be asked for */
export function checkSettings(settings: MqttSettings): void {
  readServers(settings["mqtt.server.uri"]);
  if (settings["mqtt.version"] !== "5" && settings["mqtt.password"] !== undefined && settings["mqtt.username"] === undefined)
    throw new ConnectError("CONNECT_CONFIG", "mqtt.password needs mqtt.username in MQTT 3.1.1.");
  const will = settings["mqtt.will.topic"];
  if (will !== undefined && (will === "" || /[+#\0]/.test(will)))
    throw new ConnectError("CONNECT_CONFIG", "mqtt.will.topic is a topic, without wildcards.");
}

/** As {@link checkSettings}, for a source. */
export function checkSourceSettings(settings: MqttSourceSettings): void {
  checkSettings(settings);
  const filters = settings["mqtt.topics"];
  if (filters.length === 0) throw new ConnectError("CONNECT_CONFIG", "mqtt.topics names no filter.");
  for (const filter of filters) checkFilter(filter, "mqtt.topics");
  const group = settings["mqtt.shared.group"];
  if (group !== undefined && (group === "" || /[/+#\0]/.test(group)))
    throw new ConnectError("CONNECT_CONFIG", "mqtt.shared.group is a name without /, + and #.");
  new TopicMapping(settings["mqtt.topic.mapping"], settings["kafka.topic"]);
}

/** Whether a server takes the login. Nothing is subscribed, and no session is disturbed. */
export async function checkMqtt(settings: MqttSettings, { signal }: CheckContext): Promise<readonly CheckFinding[]> {
  try {
    const { "mqtt.will.topic": _will, ...withoutWill } = settings;
    const login = { clientId: `${settings["mqtt.client.id"] ?? "ottla"}-check-${process.pid}`, isClean: true };
    const connection = await MqttConnection.open({ ...withoutWill, "mqtt.will.topic": undefined }, login, { packet: () => {} }, signal);
    await connection.close();
    return [{ severity: "info", message: `${connection.uri} takes the login.` }];
  } catch (error) {
    return [{ severity: "error", key: "mqtt.server.uri", message: error instanceof Error ? error.message : String(error) }];
  }
}
