/** Names of causes, as findings refer to them. */

export function brokerDown(nodeId: number): string {
  return `broker ${nodeId} is down`;
}

export function logDirDown(nodeId: number): string {
  return `a log directory of broker ${nodeId} is offline`;
}

export function partitionOffline(name: string): string {
  return `partition ${name} is offline`;
}

export function hangingTransaction(name: string): string {
  return `a transaction hangs in ${name}`;
}

/** Rules over one group, the cause before what it brings about: a group that does not settle is without members at times. */
const GROUP_CHAIN = ["GRP-10", "GRP-09", "GRP-02", "GRP-03", "GRP-01", "GRP-14", "GRP-12", "GRP-13", "GRP-04", "GRP-05", "GRP-06"];

/** A group's trouble by one rule as a cause, and what would explain it: what holds its partitions up, then the rules before. */
export function inGroup(
  rule: string,
  groupId: string,
  partitions: readonly string[],
): { readonly cause: string; readonly explainedBy: readonly string[] } {
  const before = GROUP_CHAIN.slice(0, GROUP_CHAIN.indexOf(rule));
  return {
    cause: `${rule} of ${groupId}`,
    explainedBy: [
      ...partitions.map(hangingTransaction),
      ...partitions.map(partitionOffline),
      ...before.map((each) => `${each} of ${groupId}`),
    ],
  };
}

export const THROTTLE_LEFT = "replication is throttled";
