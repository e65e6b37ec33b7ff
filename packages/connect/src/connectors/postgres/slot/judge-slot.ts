import type { CdcOffset } from "../changes/cdc-offset.ts";
import { formatLsn, type Lsn } from "../pgoutput/lsn.ts";

/** The server as it says it is. */
export interface ServerIdentity {
  readonly systemId: string;
  readonly timeline: number;
  readonly database: string;
  /** Where each timeline before this one ended. */
  readonly switches: ReadonlyMap<number, Lsn>;
}

/** A slot as the server has it. */
export interface SlotState {
  readonly plugin: string;
  readonly database: string;
  /** Undefined: it is being made just now, and gone should its maker go. */
  readonly confirmedLsn: Lsn | undefined;
  readonly isActive: boolean;
  /** `reserved`, `extended`, `unreserved`, `lost`. */
  readonly walStatus: string | undefined;
  readonly invalidation: string | undefined;
}

/** What to do. `lost`: changes are gone that were never read, or may be. */
export type SlotVerdict =
  | { readonly kind: "create" }
  | { readonly kind: "use" }
  | { readonly kind: "lost"; readonly problem: string }
  | { readonly kind: "wrong"; readonly problem: string };

const REMEDY =
  "Reset the connector's offsets, drop the slot if it is there, and start again: the tables are read anew. Or set snapshot.mode to when_needed, which does that by itself.";

/**
 * Whether the slot still has all that comes behind the offset. We acknowledge only what is durable with its offset, so the slot's own place is never ahead of the offset, unless somebody made the slot
 * anew, read from it, or moved it.
 */
export function judgeSlot(name: string, slot: SlotState | undefined, offset: CdcOffset | undefined, server: ServerIdentity): SlotVerdict {
  const lost = (problem: string): SlotVerdict => ({ kind: "lost", problem: `${problem} ${REMEDY}` });
  if (slot !== undefined) {
    if (slot.plugin !== "pgoutput")
      return {
        kind: "wrong",
        problem: `The slot "${name}" has the plugin ${slot.plugin}, not pgoutput. Give slot.name another value, or drop it.`,
      };
    if (slot.database !== server.database)
      return {
        kind: "wrong",
        problem: `The slot "${name}" is of the database ${slot.database}, not ${server.database}. Give slot.name another value.`,
      };
  }
  if (offset === undefined) {
    if (slot === undefined) return { kind: "create" };
    return isInvalid(slot) ? lost(`The slot "${name}" is of no more use (${why(slot)}).`) : { kind: "use" };
  }
  const problem = otherServer(offset, server);
  if (problem !== undefined) return lost(problem);
  const place = formatLsn(offset.commitLsn);
  if (slot === undefined)
    return lost(
      `The slot "${name}" is gone, so what was written since ${place} is not kept. After a failover that is so where the slot was not made for failover.`,
    );
  if (isInvalid(slot))
    return lost(
      `The slot "${name}" is of no more use (${why(slot)}): the server no longer has what was written since ${place}. Raise max_slot_wal_keep_size.`,
    );
  if (slot.confirmedLsn !== undefined && slot.confirmedLsn > offset.commitLsn)
    return lost(
      `The slot "${name}" begins at ${formatLsn(slot.confirmedLsn)}, but everything is read up to ${place} only: it was made anew, or something else read from it, and what lies between is lost.`,
    );
  return { kind: "use" };
}

const isInvalid = ({ walStatus, invalidation }: SlotState): boolean => walStatus === "lost" || invalidation !== undefined;
const why = ({ walStatus, invalidation }: SlotState): string => invalidation ?? `wal_status ${walStatus}`;

function otherServer({ identity, commitLsn }: CdcOffset, server: ServerIdentity): string | undefined {
  if (identity === undefined) return undefined;
  if (identity.systemId !== server.systemId)
    return `The offset is of the database cluster ${identity.systemId}, but this one is ${server.systemId}: places in one's log mean nothing in the other's.`;
  if (identity.timeline === server.timeline) return undefined;
  if (identity.timeline > server.timeline)
    return `The offset is of timeline ${identity.timeline}, but the server is on ${server.timeline}: it is an older primary, or was restored from before.`;
  const end = server.switches.get(identity.timeline);
  if (end !== undefined && commitLsn <= end) return undefined;
  return `Everything is read up to ${formatLsn(commitLsn)} on timeline ${identity.timeline}, but the server left that timeline at ${end === undefined ? "an unknown place" : formatLsn(end)}: what was read behind it never happened there.`;
}
