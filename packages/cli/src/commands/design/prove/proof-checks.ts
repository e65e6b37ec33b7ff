import type { DesignedSystem, Domain, DomainEvent } from "@ottla/expert/design";
import type { AuditedEvent } from "./audit.ts";
import type { AccessResult } from "./check-access.ts";
import type { Ledger } from "./ledger.ts";
import type { ProofRecord } from "./load.ts";

/** A line of the proof's table. */
export interface ProofCheck {
  readonly of: string;
  readonly what: string;
  readonly isGood: boolean;
  readonly seen: string;
}

/** What was found; all of it is plain data, so that a proof is judged by a pure function. */
export interface ProofEvidence {
  readonly domain: Domain;
  readonly system: DesignedSystem;
  readonly ledger: Ledger;
  readonly audited: ReadonlyMap<string, AuditedEvent>;
  /** Records left, by service. */
  readonly lags: ReadonlyMap<string, number>;
  readonly access: AccessResult & { readonly refused: readonly string[] };
  /** Findings of lint in the files that are written, in words. */
  readonly findings: readonly string[];
  readonly files: number;
  /** Whether everything came to rest before the time was over. */
  readonly isComplete: boolean;
}

/** The table: each promise of the design, and what was seen of it. */
export function judgeProof(evidence: ProofEvidence): readonly ProofCheck[] {
  const { domain, access, findings, files, isComplete } = evidence;
  return [
    {
      of: "all",
      what: "the work came to rest in time",
      isGood: isComplete,
      seen: isComplete ? "nobody had anything left" : "the time was over before",
    },
    ...domain.events.flatMap((event) => eventChecks(event, evidence)),
    ...domain.services.filter(({ consumes }) => consumes.length > 0).flatMap((service) => readerChecks(service.name, evidence)),
    {
      of: "ACLs",
      what: "suffice",
      isGood: access.refused.length === 0,
      seen:
        access.refused.length === 0
          ? "everything above ran under them; so did dead letters, retries and internal topics"
          : access.refused.slice(0, 5).join("; "),
    },
    {
      of: "ACLs",
      what: "allow nothing more",
      isGood: access.allowed.length === 0,
      seen:
        access.allowed.length === 0
          ? `${access.attempts} attempts at more were refused${access.left > 0 ? `, ${access.left} were not made` : ""}`
          : access.allowed.slice(0, 5).join("; "),
    },
    {
      of: "files",
      what: "lint finds nothing",
      isGood: findings.length === 0,
      seen: findings.length === 0 ? `${files} files` : findings.slice(0, 5).join("; "),
    },
  ];
}

function eventChecks(event: DomainEvent, { domain, ledger, audited }: ProofEvidence): readonly ProofCheck[] {
  const partitions = audited.get(event.name) ?? new Map<number, readonly ProofRecord[]>();
  const counts = new Map<string, number>();
  for (const records of partitions.values()) for (const { id } of records) counts.set(id, (counts.get(id) ?? 0) + 1);
  const written = ledger.written(event.name);
  const lost = [...written].filter((id) => !counts.has(id)).length;
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  // Who begins is not restarted here, so that what it writes twice would be a fault of its idempotence.
  const onceWriters = new Set(
    domain.services.filter(({ guarantee, consumes }) => guarantee === "exactly-once" || consumes.length === 0).map(({ name }) => name),
  );
  const twice = [...counts].filter(([id, count]) => count > 1 && onceWriters.has(id.slice(0, id.indexOf("/")))).length;
  const unknown = [...counts.keys()].filter((id) => !written.has(id) && onceWriters.has(id.slice(0, id.indexOf("/")))).length;
  return [
    {
      of: event.name,
      what: "nothing acknowledged is lost",
      isGood: lost === 0 && written.size > 0,
      seen:
        written.size === 0
          ? "nobody wrote to it"
          : lost === 0
            ? `${total} records, ${written.size} of them different`
            : `${lost} of ${written.size} are not there`,
    },
    {
      of: event.name,
      what: "nothing is there twice, or without a commit",
      isGood: twice + unknown === 0,
      seen: twice + unknown === 0 ? onceText(counts, total) : `${twice} twice, ${unknown} never committed`,
    },
    ...(event.order === "key" ? [keysCheck(event.name, partitions)] : []),
  ];
}

function onceText(counts: ReadonlyMap<string, number>, total: number): string {
  return total === counts.size ? "each once" : `${total - counts.size} again, by services that work at least once and were restarted`;
}

/** A key that is in two partitions has no order. */
function keysCheck(of: string, partitions: AuditedEvent): ProofCheck {
  const places = new Map<string, number>();
  let split = 0;
  for (const [partition, records] of partitions)
    for (const { key } of records) {
      if ((places.get(key) ?? partition) !== partition) split++;
      places.set(key, partition);
    }
  return {
    of,
    what: "a key has one partition",
    isGood: split === 0,
    seen: split === 0 ? `${places.size} keys` : `${split} records are elsewhere`,
  };
}

function readerChecks(service: string, { domain, ledger, audited, lags }: ProofEvidence): readonly ProofCheck[] {
  const { consumes, guarantee } = domain.services.find(({ name }) => name === service)!;
  const missing = consumes.reduce((sum, event) => sum + ledger.missing(service, event), 0);
  const counts = consumes.map((event) => ledger.seenRecords(service, event));
  const total = counts.reduce((sum, each) => sum + each.total, 0);
  const again = counts.reduce((sum, each) => sum + each.again, 0);
  const lag = lags.get(service) ?? 0;
  const ordered = consumes.filter((event) => domain.events.find(({ name }) => name === event)!.order !== "none");
  const disordered = ordered.reduce((sum, event) => sum + outOfOrder(ledger.seenIds(service, event), audited.get(event) ?? new Map()), 0);
  const isOnce = guarantee === "exactly-once";
  const times =
    again > 0
      ? `${again} of them ${isOnce ? "counted again" : "again after a break-down"}`
      : isOnce
        ? "each counted once"
        : "none of them again";
  return [
    {
      of: service,
      what: `all of it arrives, ${guarantee.replaceAll("-", " ")}`,
      isGood: missing === 0 && total > 0 && (guarantee !== "exactly-once" || again === 0),
      seen: missing === 0 ? `${total} records, ${times}` : `${missing} are missing`,
    },
    ...(ordered.length > 0
      ? [
          {
            of: service,
            what: "in the order of each key",
            isGood: disordered === 0,
            seen: disordered === 0 ? ordered.join(", ") : `${disordered} records came before an earlier one`,
          },
        ]
      : []),
    { of: service, what: "nothing is left to read", isGood: lag === 0, seen: `lag ${lag}` },
  ];
}

/** How many records were worked on before an earlier one of their key. */
function outOfOrder(seen: readonly string[], partitions: AuditedEvent): number {
  const places = new Map<string, { readonly key: string; readonly at: number }>();
  for (const records of partitions.values())
    for (const [at, { id, key }] of records.entries()) if (!places.has(id)) places.set(id, { key, at });
  const last = new Map<string, number>();
  let count = 0;
  for (const id of seen) {
    const place = places.get(id);
    if (!place) continue;
    if (place.at < (last.get(place.key) ?? -1)) count++;
    else last.set(place.key, place.at);
  }
  return count;
}
