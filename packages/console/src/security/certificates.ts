import type { ClusterObservation } from "@ottla/expert/doctor";

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

/** Certificates as the doctor's newest look has them, the first to expire before the others; those that were not seen last. */
export function certificatesOf({ snapshot }: ClusterObservation): readonly ShownCertificate[] {
  const all = snapshot.brokers.flatMap(({ nodeId, certificates }) =>
    ("value" in certificates ? certificates.value : []).map(({ listener, certificate }): ShownCertificate => {
      if (!("value" in certificate))
        return {
          nodeId,
          listener,
          subject: undefined,
          names: [],
          validFromMs: undefined,
          validUntilMs: undefined,
          notSeen: certificate.message,
        };
      const { subject, names, validFromMs, validUntilMs } = certificate.value;
      return { nodeId, listener, subject, names, validFromMs, validUntilMs, notSeen: undefined };
    }),
  );
  return all.sort((a, b) => (a.validUntilMs ?? Number.POSITIVE_INFINITY) - (b.validUntilMs ?? Number.POSITIVE_INFINITY));
}
