import type { Clock } from "@ottla/base";
import type { Client } from "@ottla/client";
import { LOOK_PARTS, readCertificate, registryReader, takeSnapshot } from "@ottla/expert/collect";
import { type DoctorFinding, type DoctorReport, examineInSlices, observeInSlices, type PastLooks } from "@ottla/expert/doctor";
import { certificatesOf, type ShownCertificate } from "../security/certificates.ts";

/** What a look of a hundred thousand topics takes on a busy machine. What was not asked by then is told as not seen, beside all that was. */
const LOOK_WITHIN_MS = 120_000;
/** Calls that were begun in time have ended long before. */
const LOOK_ENDS_WITHIN_MS = 180_000;
/** What is found is told so often at most while it is looked for, and so much of it. */
const TOLD_EVERY_MS = 250;
const FIRST_FINDINGS_MAX = 50;

/** How far an examination is: it looks at the parts of a cluster, then judges them rule by rule. */
export interface ExaminationProgress {
  readonly step: "looking" | "judging";
  readonly done: number;
  readonly of: number;
  /** The part that was seen last; empty before the first, and while it judges. */
  readonly part: string;
  /** How many there are so far, and the gravest of them. */
  readonly found: number;
  readonly findings: readonly DoctorFinding[];
}

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
  onProgress: (progress: ExaminationProgress) => void,
): Promise<Examination & { readonly past: PastExaminations }> {
  const looking = { step: "looking", of: LOOK_PARTS.length, found: 0, findings: [] } as const;
  let parts = 0;
  let toldAtMs = Number.NEGATIVE_INFINITY;
  onProgress({ ...looking, done: 0, part: "" });
  const seen = await takeSnapshot(client.admin(), {
    clock,
    signal: AbortSignal.any([signal, AbortSignal.timeout(LOOK_ENDS_WITHIN_MS)]),
    limits: { lookTimeoutMs: LOOK_WITHIN_MS },
    readCertificate,
    registry: registryReader(client, clock),
    before: past && { registry: past.registry },
    onPart: (part) => onProgress({ ...looking, done: ++parts, part }),
  });
  const observation = await observeInSlices(past?.looks, seen, clock);
  const report = await examineInSlices(observation, clock, {
    onRule: ({ rules, ofRules, findings }) => {
      if (clock.monotonicMs() - toldAtMs < TOLD_EVERY_MS) return;
      toldAtMs = clock.monotonicMs();
      const all = findings();
      onProgress({
        step: "judging",
        done: rules,
        of: ofRules,
        part: "",
        found: all.length,
        findings: all.slice(0, FIRST_FINDINGS_MAX),
      });
    },
  });
  const { snapshot, ...looks } = observation;
  return { report, certificates: certificatesOf(snapshot), past: { looks, registry: snapshot.registry } };
}
