import { shown } from "../options/argument-checks.ts";
import { ClientError } from "../client-error.ts";

/** Where a broker listens. */
export interface BrokerAddress {
  readonly host: string;
  readonly port: number;
}

/** Reads `host:port` and `[ipv6]:port`; `name` is what the user calls the option. Throws `ClientError` INVALID_OPTION. */
export function parseBrokerAddress(text: string, name = "bootstrapServers"): BrokerAddress {
  const match = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text.trim());
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  if (host === undefined || !(port >= 1 && port <= 65535)) {
    throw new ClientError("INVALID_OPTION", `${name}: ${shown(text)} is no host:port; write for example localhost:9092 or [::1]:9092.`, {
      subject: "bootstrapServers",
    });
  }
  return { host, port };
}

export function formatBrokerAddress(address: BrokerAddress): string {
  return address.host.includes(":") ? `[${address.host}]:${address.port}` : `${address.host}:${address.port}`;
}
