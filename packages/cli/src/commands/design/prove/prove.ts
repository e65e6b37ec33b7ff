import { setTimeout as sleep } from "node:timers/promises";
import { OttlaError } from "@ottla/base";
import type { Client } from "@ottla/client";
import { lintFiles } from "@ottla/expert";
import { type DesignedSystem, type Domain, outputFiles } from "@ottla/expert/design";
import type { CommandContext } from "../../../command.ts";
import { auditEvents, lagOf } from "./audit.ts";
import { tryWhatIsAllowed, tryWhatIsNotAllowed } from "./check-access.ts";
import { Ledger } from "./ledger.ts";
import { scaledCounts } from "./load.ts";
import { judgeProof, type ProofCheck } from "./proof-checks.ts";
import { beginEvents, type ProofWorld, runReaders } from "./run-service.ts";
import { ServiceLogins } from "./service-login.ts";
import { startThrowAwayBroker } from "./throw-away-broker.ts";

const BROKERS_MAX = 3;
const LOOK_MS = 50;
/** How long nobody may have anything to do before it counts as the end. */
const QUIET_LOOKS = 4;

/** How much is run, and for how long at most. */
export interface ProofWish {
  readonly records: number;
  readonly timeoutMs: number;
  readonly onProgress: (text: string) => void;
}

/** Applies a design to a throw-away broker, runs its load scaled down under its settings and ACLs, and judges what came of it. */
export async function prove(
  context: CommandContext,
  domain: Domain,
  system: DesignedSystem,
  wish: ProofWish,
): Promise<readonly ProofCheck[]> {
  const brokers = Math.min(BROKERS_MAX, domain.cluster.brokers);
  wish.onProgress("starting a broker in memory");
  const broker = await startThrowAwayBroker(context, brokers);
  const logins = new ServiceLogins(broker, system);
  const admin = logins.admin();
  try {
    wish.onProgress(`making ${system.topics.length} topics, ${system.acls.length} ACLs and the users`);
    await apply(admin, system, brokers);
    await logins.create(admin);
    const ledger = new Ledger();
    const isComplete = await runLoad({ domain, logins, ledger, counts: scaledCounts(domain, wish.records) }, wish, context.signal);
    wish.onProgress("reading everything again");
    const audited = await auditEvents(admin, domain, context.signal);
    const readers = domain.services.filter(({ consumes }) => consumes.length > 0);
    const lags = new Map<string, number>();
    for (const { name, group, consumes } of readers) lags.set(name, await lagOf(admin, group, consumes));
    wish.onProgress("trying what nobody allowed");
    const refused = await tryWhatIsAllowed(domain, system, logins);
    const access = { ...(await tryWhatIsNotAllowed(domain, system, logins, context.signal)), refused };
    // Fewer than three brokers are no cluster to rely on, as the design says itself.
    const files = outputFiles(system);
    const { findings } = await lintFiles(files, { profile: domain.cluster.brokers < BROKERS_MAX ? "dev" : "critical" });
    context.signal.throwIfAborted();
    return judgeProof({
      domain,
      system,
      ledger,
      audited,
      lags,
      access,
      findings: findings.map(({ rule, file, message }) => `${file}: ${rule}: ${message}`),
      files: files.length,
      isComplete,
    });
  } finally {
    await admin.close({ timeoutMs: 0 });
    await broker.stop();
  }
}

/** Makes topics and ACLs. Errors: `DESIGN_NOT_APPLIED`, with what the broker said. */
async function apply(client: Client, { topics, acls }: DesignedSystem, brokers: number): Promise<void> {
  const admin = client.admin();
  const made = await admin.createTopics(
    topics.map(({ name, partitions, replicationFactor, settings }) => ({
      name,
      partitionCount: partitions,
      replicationFactor: Math.min(replicationFactor, brokers),
      configs: Object.fromEntries(settings.map((setting) => [setting.name, setting.value])),
    })),
  );
  const added = await admin.createAcls(
    acls.flatMap(({ principal, resourceType, resourceName, isPrefix, operations }) =>
      operations.map((operation) => ({
        principal,
        resourceType,
        resourceName,
        patternType: isPrefix ? ("prefixed" as const) : ("literal" as const),
        operation,
      })),
    ),
  );
  const failure = [
    ...made.map(({ name, error }) => ({ name, error })),
    ...added.map(({ acl, error }) => ({ name: `the ACL of ${acl.principal} on ${acl.resourceName}`, error })),
  ].find(({ error }) => error);
  if (failure) throw new OttlaError("DESIGN_NOT_APPLIED", `${failure.name}: ${failure.error!.message}`, { cause: failure.error });
}

/** Runs all services until nothing is left to do; false when the time was over before. What goes wrong in one of them ends all. */
async function runLoad(world: Omit<ProofWorld, "done">, { timeoutMs, onProgress }: ProofWish, signal: AbortSignal): Promise<boolean> {
  const { domain, ledger, counts } = world;
  const begun = [...counts.values()].reduce((sum, count) => sum + count, 0);
  onProgress(`running ${domain.services.length} services on ${begun} records`);
  const ending = new AbortController();
  const done = AbortSignal.any([signal, ending.signal]);
  const readers = domain.services.filter(({ consumes }) => consumes.length > 0);
  const waits = readers.flatMap(({ name: service, consumes }) => consumes.map((event) => ({ service, event })));
  // Who begins has something in hand from here on, so that nobody takes the start for the end.
  const work = Promise.all([
    ...domain.services.map((service) => beginEvents(service, { ...world, done })),
    ...readers.map((service) => runReaders(service, { ...world, done })),
  ]);
  // A failure ends the wait below; it is thrown when all have ended.
  work.catch(() => ending.abort());
  const deadlineMs = performance.now() + timeoutMs;
  let isComplete = false;
  for (let quiet = 0; !done.aborted && performance.now() < deadlineMs; ) {
    quiet = ledger.isQuiet(waits) ? quiet + 1 : 0;
    isComplete = quiet >= QUIET_LOOKS;
    if (isComplete) break;
    await sleep(LOOK_MS, undefined, { signal: done }).catch(() => {});
  }
  ending.abort();
  await work;
  signal.throwIfAborted();
  return isComplete;
}
