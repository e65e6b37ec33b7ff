import type { Clock } from "@ottla/base";
import type { Client } from "@ottla/client";
import { readCertificate, registryReader, takeSnapshot } from "@ottla/expert/collect";
import { type DoctorReport, examineInSlices, observeInSlices, type PastLooks } from "@ottla/expert/doctor";
import { certificatesOf, type ShownCertificate } from "../security/certificates.ts";

const LOOK_MS_MAX = 60_000;

/** What came of looking at a cluster and judging it. */
export interface Examination {
  readonly report: DoctorReport;
  /** Those of the brokers' listeners. */
  readonly certificates: readonly ShownCertificate[];
}

/** What the next examination is held against. What it was made of is not kept: that is a hundred MiB of a large cluster. */
export interface PastExaminations {
  readonly looks: PastLooks;
  readonly registry: NonNullable<Parameters<typeof takeSnapshot>[1]["before"]>["registry"];
}

/** Looks at the whole cluster and judges it; several looks show what one cannot: a group that does not move, members that come and go. Errors: those of the client. */
export async function examine(
  client: Client,
  clock: Clock,
  past: PastExaminations | undefined,
  signal: AbortSignal,
): Promise<Examination & { readonly past: PastExaminations }> {
  const seen = await takeSnapshot(client.admin(), {
    clock,
    signal: AbortSignal.any([signal, AbortSignal.timeout(LOOK_MS_MAX)]),
    readCertificate,
    registry: registryReader(client, clock),
    before: past && { registry: past.registry },
  });
  const observation = await observeInSlices(past?.looks, seen, clock);
  const report = await examineInSlices(observation, clock);
  const { snapshot, ...looks } = observation;
  return { report, certificates: certificatesOf(snapshot), past: { looks, registry: snapshot.registry } };
}
