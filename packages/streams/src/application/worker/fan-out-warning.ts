import type { Logger } from "@ottla/base";

/** What one call may take: meanwhile a worker does nothing else, no heartbeat either. */
const HELD_MS_MAX = 50;

/** Says once of each node that one record held the loop for too long, with how many it became there. */
export function warningOfFanOut(logger: Logger): (node: string, count: number, tookMs: number) => void {
  const warned = new Set<string>();
  return (node, count, tookMs) => {
    if (tookMs <= HELD_MS_MAX || warned.has(node)) return;
    warned.add(node);
    logger.warn("a change of the right table of a foreign-key join held the loop: all rows that point to it are answered in one call", {
      node,
      rows: count,
      tookMs,
    });
  };
}
