import { keptBytes } from "./kept-bytes.ts";
import { type MemberProtocol, protocolsBytes } from "./member-table.ts";
import { isSameOffer } from "./protocol-choice.ts";

/** A larger offer is not remembered. */
const REMEMBERED_BYTES_MAX = 16 * 1024;

/** The one seen last: the members of a group come one after another, and most offer the same. */
let lastOffer: readonly MemberProtocol[] = [];

/** What a request offers, to be kept: a copy, since a group outlives the request's frame; of equal offers in a row the same one. */
export function keptProtocols(offered: readonly MemberProtocol[]): readonly MemberProtocol[] {
  if (isSameOffer(lastOffer, offered)) return lastOffer;
  const kept = offered.map(({ name, metadata }) => ({ name, metadata: keptBytes(metadata) }));
  if (protocolsBytes(kept) <= REMEMBERED_BYTES_MAX) lastOffer = kept;
  return kept;
}
