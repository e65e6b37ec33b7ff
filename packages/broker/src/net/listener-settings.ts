import { OttlaError } from "@ottla/base";
import type { AdvertisedEndpoint, Endpoint } from "../metadata/cluster-metadata.ts";

/** Kafka's names of what a listener's clients speak. */
export type SecurityProtocol = "PLAINTEXT" | "SSL" | "SASL_PLAINTEXT" | "SASL_SSL";

const PROTOCOLS: ReadonlySet<string> = new Set<SecurityProtocol>(["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"]);

export const isSecurityProtocol = (protocol: string): protocol is SecurityProtocol => PROTOCOLS.has(protocol);
export const isEncrypted = (protocol: SecurityProtocol): boolean => protocol.endsWith("SSL");
export const hasSasl = (protocol: SecurityProtocol): boolean => protocol.startsWith("SASL_");

/** Where one listener binds and what clients are told. */
export interface ListenerSettings {
  readonly name: string;
  readonly protocol: SecurityProtocol;
  readonly host: string;
  readonly port: number;
  /** Host and port for clients. Undefined: the bound ones, or what each client came to where every interface is bound. */
  readonly advertised: Endpoint | undefined;
}

/** The properties that say it, as Kafka writes them. */
export interface ListenerProperties {
  readonly listeners: readonly string[];
  readonly advertised: readonly string[];
  readonly protocols: readonly string[];
  readonly controllerNames: readonly string[];
  /** Virtual brokers, which take consecutive ports. */
  readonly brokers?: number;
  /** Whether a listener on 0.0.0.0 or :: may tell each client the address it came to. Kafka refuses such listeners without `advertised.listeners`, and so it is unless this is set. */
  readonly mayAdvertiseAccepted?: boolean;
}

const EXAMPLE_HOST = "broker.example.com";
const ENTRY = /^([A-Za-z0-9_.-]+):\/\/(\[[0-9a-fA-F:.%]+\]|[^:]*):(\d+)$/;
/** Every address of this machine; the empty host stands for all of both IP versions. */
const EVERY_INTERFACE: ReadonlySet<string> = new Set(["", "0.0.0.0", "::"]);

/**
 * Reads `listeners`, `advertised.listeners`, `listener.security.protocol.map` and `controller.listener.names` as Kafka writes them.
 * Controller listeners are left out: there is no other controller to talk to. Where the host is empty and nothing is advertised, Kafka tells clients the name of the
 * machine, which often only the machine itself can look up; here each client is told the address that it came to.
 * Errors: `INVALID_LISTENER`, `UNSUPPORTED_SECURITY_PROTOCOL`.
 */
export function parseListeners(settings: ListenerProperties): ListenerSettings[] {
  const protocols = new Map(
    settings.protocols.map((entry) => {
      const [listener = "", protocol = ""] = entry.split(":", 2);
      return [listener.trim().toUpperCase(), protocol] as const;
    }),
  );
  const listeners = settings.listeners.map((entry) => parseEntry(entry)).filter(({ name }) => !settings.controllerNames.includes(name));
  if (listeners.length === 0)
    throw invalid('"listeners" names controller listeners alone; add one for clients, such as PLAINTEXT://127.0.0.1:9092.');
  const advertised = readAdvertised(
    settings.advertised,
    listeners.map(({ name }) => name),
  );
  const names = new Set<string>();
  return listeners.map(({ name, host, port }) => {
    if (names.has(name)) throw invalid(`The listener ${name} is named twice in "listeners"; give each its own name.`);
    names.add(name);
    const lastPort = port + (settings.brokers ?? 1) - 1;
    if (port !== 0 && lastPort > 65535)
      throw invalid(`${settings.brokers} brokers from port ${port} on would need port ${lastPort}, and 65535 is the last; begin lower.`);
    const protocol = protocolOf(name, protocols);
    if (!advertised.has(name) && (host === "0.0.0.0" || host === "::") && !settings.mayAdvertiseAccepted)
      throw invalid(
        `"advertised.listeners" cannot use the nonroutable meta-address ${host}, which "listeners" gives ${name}: clients cannot connect to it. Set "advertised.listeners" to an address that they can reach, such as ${name}://${EXAMPLE_HOST}:${port}.`,
      );
    return { name, protocol, host, port, advertised: advertised.get(name) };
  });
}

function protocolOf(name: string, protocols: ReadonlyMap<string, string>): SecurityProtocol {
  const protocol = (protocols.get(name) ?? name).trim().toUpperCase();
  if (!PROTOCOLS.has(protocol))
    throw new OttlaError(
      "UNSUPPORTED_SECURITY_PROTOCOL",
      protocols.has(name)
        ? `The listener ${name} has the security protocol ${protocol}, which there is not; it must be one of ${[...PROTOCOLS].join(", ")}.`
        : `The listener ${name} has no security protocol; add ${name}:PROTOCOL to "listener.security.protocol.map", with one of ${[...PROTOCOLS].join(", ")}.`,
    );
  return protocol as SecurityProtocol;
}

/** What clients are told of a listener bound to `boundPort`. */
export function advertisedEndpoint({ host, advertised }: ListenerSettings, boundPort: number): AdvertisedEndpoint {
  if (advertised) return { host: advertised.host, port: advertised.port === 0 ? boundPort : advertised.port };
  return { host: EVERY_INTERFACE.has(host) ? undefined : host, port: boundPort };
}

/** `host:port` by which this machine itself reaches a listener, or that its clients are told. */
export function bootstrapAddress({ host }: ListenerSettings, advertised: AdvertisedEndpoint): string {
  const reachable = advertised.host ?? (host === "::" ? "::1" : "127.0.0.1");
  return `${reachable.includes(":") ? `[${reachable}]` : reachable}:${advertised.port}`;
}

function readAdvertised(entries: readonly string[], listenerNames: readonly string[]): ReadonlyMap<string, Endpoint> {
  const advertised = new Map<string, Endpoint>();
  for (const { name, host, port } of entries.map((entry) => parseEntry(entry))) {
    if (EVERY_INTERFACE.has(host))
      throw invalid(
        `"advertised.listeners" cannot use ${host === "" ? "an empty host" : `the nonroutable meta-address ${host}`} for ${name}: clients cannot connect to it. Name an address that they can reach, such as ${name}://${EXAMPLE_HOST}:${port}.`,
      );
    if (!listenerNames.includes(name))
      throw invalid(
        `"advertised.listeners" names ${name}, which is none of "listeners" (${listenerNames.join(", ")}); name it there, too.`,
      );
    if (advertised.has(name)) throw invalid(`The listener ${name} is named twice in "advertised.listeners"; give it one address.`);
    advertised.set(name, { host, port });
  }
  return advertised;
}

function parseEntry(entry: string): { name: string; host: string; port: number } {
  const match = ENTRY.exec(entry.trim());
  const port = Number(match?.[3]);
  if (!match || port > 65535) throw invalid(`"${entry}" is no listener; write NAME://HOST:PORT, such as PLAINTEXT://127.0.0.1:9092.`);
  return { name: match[1]!.toUpperCase(), host: match[2]!.replace(/^\[|\]$/g, ""), port };
}

function invalid(sentence: string): OttlaError {
  return new OttlaError("INVALID_LISTENER", sentence);
}
