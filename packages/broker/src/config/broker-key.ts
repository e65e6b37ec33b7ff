import type { ConfigKey } from "@ottla/base";
import { brokerConfigDef } from "./broker-configs.ts";

const OF_LISTENER = /^listener\.name\.[^.]+\.(.+)$/;
/** Settings of one listener that may differ by SASL mechanism, whose name then stands between: `listener.name.tls.plain.sasl.jaas.config`. */
const OF_MECHANISM: readonly string[] = [
  "connections.max.reauth.ms",
  "sasl.jaas.config",
  "sasl.login.callback.handler.class",
  "sasl.login.class",
  "sasl.server.callback.handler.class",
];

/** Settings of OAUTHBEARER may have the mechanism in front, too, as Kafka looks there first. */
const OF_OAUTH = /^[^.]+\.(sasl\.oauthbearer\..+)$/;

/** A broker setting's name without the listener and mechanism in front; other names are returned as they are. */
export function baseName(name: string): string {
  const rest = OF_LISTENER.exec(name)?.[1];
  if (rest === undefined) return name;
  return OF_MECHANISM.find((base) => rest.endsWith(`.${base}`)) ?? OF_OAUTH.exec(rest)?.[1] ?? rest;
}

/** The key behind a broker setting's name, also behind one listener's; undefined where nothing knows it. */
export function brokerKeyOf(name: string): ConfigKey | undefined {
  const key = brokerConfigDef.get(baseName(name));
  return key && key.name !== name ? { ...key, name } : key;
}

/** Whether a mechanism stands in front: such settings are free to change although the broker's own are not. */
export function isOfMechanism(name: string): boolean {
  const rest = OF_LISTENER.exec(name)?.[1];
  return rest !== undefined && OF_MECHANISM.some((base) => rest.endsWith(base));
}
