import ipaddr from "ipaddr.js";

/** Whether an ACL's host lets a client in, by the client's address. */
export type HostMatch = (host: string) => boolean;

const IPV4_RANGE = /^\d{1,3}(\.\d{1,3}){3}\/\d{1,2}$/;

/** The address as Java prints it, which is how ACLs name it: `127.0.0.1`, `0:0:0:0:0:0:0:1`. Takes the form of the session, `/127.0.0.1`. */
export function hostOf(clientHost: string): string {
  const host = clientHost.startsWith("/") ? clientHost.slice(1) : clientHost;
  if (!host.includes(":")) return host;
  const zone = host.indexOf("%");
  const bare = zone < 0 ? host : host.slice(0, zone);
  if (!ipaddr.isValid(bare)) return host;
  const address = ipaddr.process(bare);
  const text = address.kind() === "ipv6" ? address.toNormalizedString() : address.toString();
  return zone < 0 ? text : `${text}${host.slice(zone)}`;
}

/** Whether `host` names a range of addresses. Others are compared letter by letter. */
export function isRange(host: string): boolean {
  return host.includes("/");
}

/** Why `host` is no range, as a sentence; undefined where it is one. Source: Kafka's CidrUtils. */
export function rangeFault(host: string): string | undefined {
  return parseRange(host) ? undefined : `Invalid CIDR notation '${host}'; write an address and a length, such as 10.0.0.0/8 or fd00::/8.`;
}

/** How an ACL's host is compared; undefined where it is a plain address or `*`. */
export function rangeMatch(host: string): HostMatch | undefined {
  if (!isRange(host)) return undefined;
  const range = parseRange(host);
  if (!range) return () => false;
  const [network, length] = range;
  const kind = network.kind();
  return (client) => {
    const address = addressOf(client);
    return address?.kind() === kind && address.match(network, length);
  };
}

/** Names the addresses of one range: all of them, and no others, have the same {@link rangeKeyOf} of that length. */
export interface RangeKey {
  readonly kind: "ipv4" | "ipv6";
  readonly length: number;
  readonly key: string;
}

/** Of an ACL's host; undefined where that is no range. */
export function rangeKey(host: string): RangeKey | undefined {
  const range = isRange(host) ? parseRange(host) : undefined;
  if (range === undefined) return undefined;
  const [network, length] = range;
  return { kind: network.kind(), length, key: masked(network, length) };
}

/** Of a client's address; undefined where that is no address of that kind. */
export function rangeKeyOf(client: string, { kind, length }: Pick<RangeKey, "kind" | "length">): string | undefined {
  const address = addressOf(client);
  return address?.kind() === kind ? masked(address, length) : undefined;
}

function masked(address: Address, length: number): string {
  const bytes = Buffer.from(address.toByteArray());
  for (let at = length >> 3; at < bytes.length; at++) bytes[at] = at === length >> 3 ? bytes[at]! & (0xff00 >> (length & 7)) : 0;
  return bytes.toString("latin1");
}

type Address = ipaddr.IPv4 | ipaddr.IPv6;

let lastClient = "";
let lastAddress: Address | undefined;

/** The same client is looked at for many ranges. */
function addressOf(client: string): Address | undefined {
  if (client !== lastClient) {
    lastClient = client;
    lastAddress = ipaddr.isValid(client) ? ipaddr.parse(client) : undefined;
  }
  return lastAddress;
}

function parseRange(host: string): [Address, number] | undefined {
  if (!host.includes(":") && !IPV4_RANGE.test(host)) return undefined;
  try {
    return ipaddr.parseCIDR(host);
  } catch {
    return undefined;
  }
}
