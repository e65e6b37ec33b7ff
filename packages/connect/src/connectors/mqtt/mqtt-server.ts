import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { nodeDisk } from "@ottla/base/node";
import { ConnectError } from "../../connect-error.ts";
import type { MqttSettings } from "./mqtt-config.ts";

/** A server's address. */
export interface MqttServer {
  readonly uri: string;
  readonly host: string;
  readonly port: number;
  readonly isTls: boolean;
}

/** @throws ConnectError CONNECT_CONFIG */
export function readServers(uris: readonly string[]): readonly MqttServer[] {
  if (uris.length === 0) throw new ConnectError("CONNECT_CONFIG", "mqtt.server.uri names no server.");
  return uris.map((uri) => {
    const [, scheme = "", rest = ""] = /^([a-z]+):\/\/([^/@]+)\/?$/i.exec(uri) ?? [];
    const isTls = /^(?:ssl|tls|mqtts)$/i.test(scheme);
    const url = URL.canParse(`http://${rest}`) ? new URL(`http://${rest}`) : undefined;
    if (url === undefined || rest === "" || !(isTls || /^(?:tcp|mqtt)$/i.test(scheme)))
      throw new ConnectError(
        "CONNECT_CONFIG",
        "mqtt.server.uri is tcp://host:port or ssl://host:port, without a login (mqtt.username, mqtt.password); WebSockets are not there.",
      );
    // 80 is what a URL of this scheme does not show.
    const port = url.port === "" ? (rest.endsWith(":80") ? 80 : isTls ? 8883 : 1883) : Number(url.port);
    return { uri, host: url.hostname.replace(/^\[|\]$/g, ""), port, isTls };
  });
}

/** A socket that is on its way to the server. */
export function dial({ host, port, isTls }: MqttServer, settings: MqttSettings): Socket {
  if (!isTls) return connectTcp({ host, port, noDelay: true });
  const file = (key: "mqtt.ssl.ca.location" | "mqtt.ssl.certificate.location" | "mqtt.ssl.key.location"): Buffer | undefined => {
    const path = settings[key];
    if (path === undefined) return undefined;
    try {
      return nodeDisk.readFile(path);
    } catch (error) {
      throw new ConnectError("CONNECT_CONFIG", `${key}: ${path} cannot be read.`, { cause: error });
    }
  };
  const [ca, cert, key] = [file("mqtt.ssl.ca.location"), file("mqtt.ssl.certificate.location"), file("mqtt.ssl.key.location")];
  const passphrase = settings["mqtt.ssl.key.password"];
  const socket = connectTls({
    host,
    port,
    ...(/^[\d.]+$|:/.test(host) ? {} : { servername: host }),
    rejectUnauthorized: settings["mqtt.ssl.verify"],
    ...(ca && { ca }),
    ...(cert && { cert }),
    ...(key && { key }),
    ...(passphrase !== undefined && { passphrase }),
  });
  return socket.setNoDelay(true);
}
