import type { RungFailure, RungName } from "./rung.ts";

/** Where a failure came from. */
export interface FailureContext {
  readonly rung: RungName;
  readonly host: string;
  readonly port: number;
  /** The address came from the cluster's metadata, not from the user. */
  readonly isAdvertised: boolean;
}

const ADVERTISED =
  "It is what advertised.listeners tells clients, who go there after the first answer. Give each network a listener of its own, with the name and port by which it is reached from there (for containers: one for the inside, one for the host).";

/** What the client says of a listener without SASL. */
const NO_LOGIN = /asks for no login/;

const PLAIN_LISTENER = "The listener does not speak TLS: take SSL out of security.protocol, or use the port of its TLS listener.";

/** What to do about a failure of a rung, in a sentence or two. */
export function remedyFor({ code, message }: RungFailure, context: FailureContext): string {
  const words = byCode(code, context) ?? byMessage(message);
  const own = words ?? "The message says what the other side objected to.";
  return context.isAdvertised ? `${own} ${ADVERTISED}` : own;
}

function byCode(code: string | undefined, { rung, host, port }: FailureContext): string | undefined {
  switch (code ?? "") {
    case "ENOTFOUND":
    case "ENODATA":
      return `No resolver of this machine knows ${host}: correct the name, or add it to DNS. Names of a compose file's services exist inside its network only.`;
    case "EAI_AGAIN":
      return "The resolver does not answer: look at this machine's DNS and network.";
    case "ECONNREFUSED":
      return `Nothing listens on port ${port} there: is the broker up, is this the port of its listener, and does it listen on more than 127.0.0.1?`;
    case "ETIMEDOUT":
    case "CONNECT_TIMEOUT":
      return `No answer at all: a firewall, a security group or a wrong network is between this machine and ${host}.`;
    case "EHOSTUNREACH":
    case "ENETUNREACH":
      return `There is no route to ${host} from this machine.`;
    case "AUTHENTICATION_FAILED":
      return "Compare sasl.mechanism with the listener's sasl.enabled.mechanisms, then user and password (ottla users list, as an administrator).";
    case "TOKEN_UNAVAILABLE":
      return "The token's provider gave none: look at sasl.oauthbearer.token.endpoint.url and the client's id and secret.";
    case "TLS_PEER_GONE":
    case "TLS_PLAINTEXT_PEER":
      return PLAIN_LISTENER;
    case "NO_COMMON_VERSION":
      return "Client and broker have no version of a request in common: one of them is too old.";
    case "BAD_RESPONSE":
      return `What listens on port ${port} does not speak Kafka's protocol, or speaks it inside TLS: set security.protocol=SSL or SASL_SSL.`;
    case "CONNECTION_LOST":
      return `The other side closed the connection at the first request: a TLS or SASL listener that is spoken to in plaintext does that, so does what is no Kafka. Compare security.protocol with the listener's.`;
    case "TLS_TIMEOUT":
      return `Port ${port} takes connections and does not answer the TLS handshake: a listener without TLS waits like that, so does a load balancer without a broker behind it.`;
    case "CALL_TIMEOUT":
    case "REQUEST_TIMEOUT":
    case "METADATA_TIMEOUT":
    case "DELIVERY_TIMEOUT":
      return rung === "produce" || rung === "consume"
        ? "Look whether the partition's leader is up, and enough replicas in sync: ottla topics describe TOPIC."
        : `Port ${port} takes connections and says nothing: a TLS listener that is spoken to in plaintext waits like that (security.protocol=SSL or SASL_SSL), so does a load balancer without a broker behind it, and a broker that hangs.`;
    case "TOPIC_AUTHORIZATION_FAILED":
    case "GROUP_AUTHORIZATION_FAILED":
    case "CLUSTER_AUTHORIZATION_FAILED":
      return 'An ACL is missing: "ottla acls explain" names the one that would allow it.';
    case "UNKNOWN_TOPIC_OR_PARTITION":
      return 'There is no such topic, or it may not be seen: "ottla topics list".';
    case "NOT_ENOUGH_REPLICAS":
    case "NOT_ENOUGH_REPLICAS_AFTER_APPEND":
      return "Fewer replicas are in sync than min.insync.replicas asks for: bring the missing brokers back.";
    default:
      return undefined;
  }
}

/** What TLS failed at stands in its words only. */
function byMessage(message: string): string | undefined {
  if (NO_LOGIN.test(message)) return "Take SASL_ out of security.protocol, or use the port of the listener that asks for a login.";
  if (/plaintext|does not speak TLS|wrong version number|packet length too long/i.test(message)) return PLAIN_LISTENER;
  if (/speaks TLS/i.test(message)) return "Set security.protocol to SSL or SASL_SSL.";
  if (/altname|hostname|does not match certificate/i.test(message))
    return "The certificate is for other names: connect by one that it has, or have it issued again with this one (ottla certs issue --host NAME).";
  if (/not[ _]yet[ _]valid/i.test(message)) return "The clocks of this machine and of who issued the certificate differ: set them by NTP.";
  if (/expired/i.test(message))
    return "Have the certificate issued anew (ottla certs rotate); if it should still be valid, look at this machine's clock.";
  if (/self[-_ ]signed|unable[ _]to[ _](verify|get)|unknown[ _]ca|issuer/i.test(message))
    return "The authority that signed the certificate is not trusted here: name its certificate in ssl.truststore.location (PEM).";
  if (/certificate[ _]required|bad[ _]certificate|handshake[ _]failure|certificate[ _]unknown/i.test(message))
    return "The listener wants a certificate of the client: ssl.keystore.location, with a key and a chain that it trusts.";
  return undefined;
}

/** The rung at which a client's failure belongs. */
export function rungOfClientFailure({ code, message }: RungFailure): RungName {
  if (code?.startsWith("TLS_")) return "tls";
  if (code === "AUTHENTICATION_FAILED" || code === "TOKEN_UNAVAILABLE" || NO_LOGIN.test(message)) return "sasl";
  return "kafka";
}

/** Whether an address leads a program to its own machine, whichever that is. */
export function isLoopback(host: string): boolean {
  return /^(localhost|127\.\d+\.\d+\.\d+|::1)$/i.test(host);
}
