import { type NetSocket, OttlaError, type TlsClient } from "@ottla/base";
import { nodeNet } from "@ottla/base/node";
import { ConnectError, RetriableError } from "../../connect-error.ts";
import type { MqttSettings } from "./mqtt-config.ts";
import { pemFile } from "../pem-file.ts";

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

/**
 * A connection to the server, encrypted where its address says so.
 * @throws ConnectError CONNECT_CONFIG where TLS is set up wrong or the server is not who it should be; `RetriableError` where it cannot be reached
 */
export async function dial(server: MqttServer, settings: MqttSettings, timeoutMs: number, signal: AbortSignal): Promise<NetSocket> {
  const { host, port, isTls, uri } = server;
  try {
    const socket = await nodeNet.connect(host, port, timeoutMs, signal);
    if (!isTls) return socket;
    try {
      return await socket.startTls(tlsClient(settings), { host, verifiesHost: settings["mqtt.ssl.verify.hostname"], timeoutMs, signal });
    } catch (error) {
      socket.destroy();
      throw error;
    }
  } catch (error) {
    if (!(error instanceof OttlaError) || error instanceof ConnectError) throw error;
    if (["TLS_SERVER_CERTIFICATE", "TLS_REFUSED_BY_PEER", "TLS_PLAINTEXT_PEER", "TLS_MATERIAL"].includes(error.code))
      throw new ConnectError(
        "CONNECT_CONFIG",
        `TLS with ${uri} fails: ${error.message.replace("ssl.truststore.location", "mqtt.ssl.ca.location")} Look at mqtt.server.uri and mqtt.ssl.*.`,
        {
          cause: error,
        },
      );
    throw new RetriableError(`The server at ${uri} cannot be reached: ${error.message}`, { cause: error });
  }
}

function tlsClient(settings: MqttSettings): TlsClient {
  const [ca, certificateChain, privateKey] = [
    pemFile(settings["mqtt.ssl.ca.location"], "mqtt.ssl.ca.location"),
    pemFile(settings["mqtt.ssl.certificate.location"], "mqtt.ssl.certificate.location"),
    pemFile(settings["mqtt.ssl.key.location"], "mqtt.ssl.key.location"),
  ];
  return nodeNet.tlsClient({
    certificateChain,
    privateKey,
    passphrase: settings["mqtt.ssl.key.password"],
    trustedCertificates: ca === undefined ? [] : [ca],
    minVersion: "TLSv1.2",
    maxVersion: "TLSv1.3",
    cipherSuites: [],
  });
}
