import { OttlaError } from "@ottla/base";
import type { Endpoint } from "../metadata/cluster-metadata.ts";

/** Where one listener binds and what clients are told. */
export interface ListenerSettings {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** Host and port for clients; undefined: those that were bound. */
  readonly advertised: Endpoint | undefined;
}

const ENTRY = /^([A-Za-z0-9_.-]+):\/\/(\[[0-9a-fA-F:.%]+\]|[^:]*):(\d+)$/;
const EVERY_INTERFACE: ReadonlySet<string> = new Set(["", "0.0.0.0", "::"]);

/**
 * Reads `listeners`, `advertised.listeners`, `listener.security.protocol.map` and `controller.listener.names` as Kafka writes them.
 * Controller listeners are left out: there is no other controller to talk to. Errors: `INVALID_LISTENER`, `UNSUPPORTED_SECURITY_PROTOCOL`.
 */
export function parseListeners(settings: {
  readonly listeners: readonly string[];
  readonly advertised: readonly string[];
  readonly protocols: readonly string[];
  readonly controllerNames: readonly string[];
  /** Virtual brokers, which take consecutive ports. */
  readonly brokers?: number;
}): ListenerSettings[] {
  const protocols = new Map(settings.protocols.map((entry) => entry.split(":", 2) as [string, string]));
  const advertised = new Map(settings.advertised.map((entry) => parseEntry(entry)).map(({ name, host, port }) => [name, { host, port }]));
  const listeners = settings.listeners.map((entry) => parseEntry(entry)).filter(({ name }) => !settings.controllerNames.includes(name));
  const names = new Set<string>();
  if (listeners.length === 0)
    throw new OttlaError(
      "INVALID_LISTENER",
      '"listeners" names controller listeners alone; add one for clients, such as PLAINTEXT://127.0.0.1:9092.',
    );
  for (const { name, host } of settings.advertised.map((entry) => parseEntry(entry))) {
    if (EVERY_INTERFACE.has(host))
      throw new OttlaError(
        "INVALID_LISTENER",
        `"advertised.listeners" gives ${name} no address that clients can reach; name a host or an address of this machine.`,
      );
  }
  return listeners.map(({ name, host, port }) => {
    if (names.has(name))
      throw new OttlaError("INVALID_LISTENER", `The listener ${name} is named twice in "listeners"; give each its own name.`);
    names.add(name);
    const lastPort = port + (settings.brokers ?? 1) - 1;
    if (port !== 0 && lastPort > 65535)
      throw new OttlaError(
        "INVALID_LISTENER",
        `${settings.brokers} brokers from port ${port} on would need port ${lastPort}, and 65535 is the last; begin lower.`,
      );
    const protocol = (protocols.get(name) ?? name).toUpperCase();
    if (protocol !== "PLAINTEXT") {
      throw new OttlaError(
        "UNSUPPORTED_SECURITY_PROTOCOL",
        `The listener ${name} has the security protocol ${protocol}; this version serves PLAINTEXT only.`,
      );
    }
    return { name, host, port, advertised: advertised.get(name) };
  });
}

/** What clients are told when nothing is configured: the bound address, or the loopback one where every interface is bound. */
export function advertisedEndpoint({ host, advertised }: ListenerSettings, boundPort: number): Endpoint {
  if (advertised) return { host: advertised.host, port: advertised.port === 0 ? boundPort : advertised.port };
  return { host: EVERY_INTERFACE.has(host) ? "127.0.0.1" : host, port: boundPort };
}

function parseEntry(entry: string): { name: string; host: string; port: number } {
  const match = ENTRY.exec(entry.trim());
  const port = Number(match?.[3]);
  if (!match || port > 65535)
    throw new OttlaError("INVALID_LISTENER", `"${entry}" is no listener; write NAME://HOST:PORT, such as PLAINTEXT://127.0.0.1:9092.`);
  return { name: match[1]!.toUpperCase(), host: match[2]!.replace(/^\[|\]$/g, ""), port };
}
