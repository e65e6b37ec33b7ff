import { connect } from "node:tls";
import type { CertificateFacts } from "../snapshot/broker-snapshot.ts";

/**
 * The certificate that a TLS listener presents, read by one handshake that checks nothing and sends nothing: it is looked at, not trusted. Rejects with the error of the connection, a `TimeoutError`, or the
 * signal's reason.
 */
export function readCertificate(host: string, port: number, timeoutMs: number, signal: AbortSignal): Promise<CertificateFacts> {
  return new Promise((resolve, reject) => {
    const either = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    either.throwIfAborted();
    const socket = connect({ host, port, rejectUnauthorized: false, ...(isName(host) && { servername: host }) });
    const end = (error?: Error): void => {
      either.removeEventListener("abort", stop);
      // What comes after the end is nobody's.
      socket.on("error", () => {});
      socket.destroy();
      if (error) reject(error);
    };
    const stop = (): void => end(either.reason instanceof Error ? either.reason : new Error(String(either.reason)));
    either.addEventListener("abort", stop, { once: true });
    socket.once("error", end);
    socket.once("secureConnect", () => {
      const { subject, subjectaltname = "", valid_from, valid_to } = socket.getPeerCertificate();
      if (valid_to === undefined) return end(new Error("The listener presented no certificate."));
      const names = subjectaltname.split(", ").filter((name) => name !== "");
      resolve({
        subject: String(subject?.CN ?? ""),
        names: names.map((name) => name.replace(/^(DNS|IP Address):/, "")),
        validFromMs: Date.parse(valid_from),
        validUntilMs: Date.parse(valid_to),
      });
      end();
    });
  });
}

function isName(host: string): boolean {
  return !host.includes(":") && !/^\d+(\.\d+){3}$/.test(host);
}
