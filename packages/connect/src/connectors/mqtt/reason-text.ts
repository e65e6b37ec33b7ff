import { ConnectError, RetriableError } from "../../connect-error.ts";

const REASONS: Readonly<Record<number, string>> = {
  128: "unspecified error",
  129: "malformed packet",
  130: "protocol error",
  131: "implementation specific error",
  132: "unsupported protocol version",
  133: "client identifier not valid",
  134: "bad user name or password",
  135: "not authorized",
  136: "server unavailable",
  137: "server busy",
  138: "banned",
  139: "server shutting down",
  140: "bad authentication method",
  141: "keep alive timeout",
  142: "session taken over",
  143: "topic filter invalid",
  144: "topic name invalid",
  145: "packet identifier in use",
  147: "receive maximum exceeded",
  149: "packet too large",
  150: "message rate too high",
  151: "quota exceeded",
  152: "administrative action",
  153: "payload format invalid",
  154: "retain not supported",
  155: "QoS not supported",
  156: "use another server",
  157: "server moved",
  158: "shared subscriptions not supported",
  159: "connection rate exceeded",
  160: "maximum connect time",
  161: "subscription identifiers not supported",
  162: "wildcard subscriptions not supported",
};

/** Return codes of MQTT 3.1.1's CONNACK as those of MQTT 5. */
const OLD_CODES: readonly number[] = [0, 132, 133, 136, 134, 135];

/** The same refusal may be none a moment later. */
const PASSING = new Set([128, 131, 136, 137, 139, 141, 147, 150, 151, 152, 156, 157, 159, 160]);

/** A refusal's code in MQTT 5's numbers. */
export function reasonOfConnack(isMqtt5: boolean, code: number): number {
  return isMqtt5 ? code : (OLD_CODES[code] ?? 128);
}

export function isPassingReason(code: number): boolean {
  return PASSING.has(code);
}

/** `not authorized (135)`, with what the server says itself. */
export function reasonText(code: number, reasonString?: string): string {
  return `${REASONS[code] ?? "refused"} (${code})${reasonString === undefined ? "" : `: ${reasonString}`}`;
}

/** A login that was refused: later again, or a setting is wrong. */
export function refusal(uri: string, code: number, reasonString?: string): ConnectError {
  const told = `${uri} refuses the login: ${reasonText(code, reasonString)}.`;
  if (PASSING.has(code)) return new RetriableError(told);
  const remedies: Readonly<Record<number, string>> = {
    132: " Set mqtt.version=3.1.1, or a server of MQTT 5.",
    133: " Set mqtt.client.id to one that the server takes.",
    134: " Look at mqtt.username and mqtt.password.",
    135: " Look at mqtt.username, mqtt.password and what the server lets this client do.",
  };
  return new ConnectError("CONNECT_CONFIG", `${told}${remedies[code] ?? ""}`);
}
