import type { CertificateFacts, CertificateSnapshot } from "../../snapshot/broker-snapshot.ts";
import type { Configs } from "../../snapshot/config-snapshot.ts";
import { isObserved, notObserved, type NotObserved, type Observed, observed } from "../../snapshot/observed.ts";
import type { CallPacer } from "./call-pacer.ts";

/** Reads what a TLS listener presents, by a handshake. */
export type ReadCertificate = (host: string, port: number, timeoutMs: number, signal: AbortSignal) => Promise<CertificateFacts>;

/** A broker that does not answer a handshake is waited for no longer than this. */
const HANDSHAKE_TIMEOUT_MS = 3000;
/** No broker has more listeners for clients than that. */
const LISTENERS_MAX = 8;
const ENDPOINT = /^([^:]+):\/\/\[?([^\]]*?)\]?:(\d+)$/;
const LEFT_OUT: NotObserved = notObserved("notAsked", "This look was asked to make no handshakes.");

/** The certificates of the TLS listeners that a broker's own settings advertise, each by one handshake. */
export async function collectCertificates(
  pacer: CallPacer,
  configs: Observed<Configs>,
  read: ReadCertificate | undefined,
  reachedAtPort: number,
): Promise<Observed<readonly CertificateSnapshot[]>> {
  if (!isObserved(configs)) return configs;
  if (read === undefined) return LEFT_OUT;
  // One that took any free port is where the broker is reached.
  const listeners = tlsListeners(configs.value)
    .slice(0, LISTENERS_MAX)
    .map((each) => (each.port === 0 ? { ...each, port: reachedAtPort } : each));
  return observed(
    await Promise.all(
      listeners.map(async ({ listener, host, port }) => {
        const certificate = await pacer.run(1, ({ timeoutMs, signal }) =>
          read(host, port, Math.min(timeoutMs, HANDSHAKE_TIMEOUT_MS), signal),
        );
        return { listener, host, port, certificate };
      }),
    ),
  );
}

/** What is advertised with a protocol that begins with a handshake. */
function tlsListeners(configs: Configs): readonly { readonly listener: string; readonly host: string; readonly port: number }[] {
  const text = (key: string): string => configs[key]?.value ?? "";
  const entries = text("listener.security.protocol.map").split(",");
  const protocols = new Map(entries.map((entry): [string, string] => [entry.split(":")[0]!.trim(), entry.split(":")[1] ?? ""]));
  return (text("advertised.listeners") || text("listeners")).split(",").flatMap((entry) => {
    const [, listener, host, port] = ENDPOINT.exec(entry.trim()) ?? [];
    const usesTls = listener !== undefined && (protocols.get(listener) ?? listener).endsWith("SSL");
    return usesTls && host ? [{ listener, host, port: Number(port) }] : [];
  });
}
