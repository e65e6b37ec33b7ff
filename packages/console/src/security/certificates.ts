import type { BrokerSnapshot } from "@ottla/expert/snapshot";

/** The certificate of a broker's listener, or why it was not seen. */
export interface ShownCertificate {
  readonly nodeId: number;
  readonly listener: string;
  readonly subject: string | undefined;
  readonly names: readonly string[];
  /** Since 1970. */
  readonly validFromMs: number | undefined;
  readonly validUntilMs: number | undefined;
  readonly notSeen: string | undefined;
}

/** Certificates as a look saw them, the first to expire before the others; those that were not seen last, and brokers that did not tell of their listeners. */
export function certificatesOf({ brokers }: { readonly brokers: readonly BrokerSnapshot[] }): readonly ShownCertificate[] {
  const all = brokers.flatMap(({ nodeId, certificates }): readonly ShownCertificate[] => {
    if (!("value" in certificates)) return [notSeen(nodeId, "", certificates.message)];
    return certificates.value.map(({ listener, certificate }) => {
      if (!("value" in certificate)) return notSeen(nodeId, listener, certificate.message);
      const { subject, names, validFromMs, validUntilMs } = certificate.value;
      return { nodeId, listener, subject, names, validFromMs: timeOf(validFromMs), validUntilMs: timeOf(validUntilMs), notSeen: undefined };
    });
  });
  return all.sort((a, b) => (a.validUntilMs ?? Number.POSITIVE_INFINITY) - (b.validUntilMs ?? Number.POSITIVE_INFINITY));
}

function notSeen(nodeId: number, listener: string, why: string): ShownCertificate {
  return { nodeId, listener, subject: undefined, names: [], validFromMs: undefined, validUntilMs: undefined, notSeen: why };
}

/** A certificate may say anything of its times. */
function timeOf(atMs: number): number | undefined {
  return Math.abs(atMs) <= 8.64e15 ? atMs : undefined;
}
