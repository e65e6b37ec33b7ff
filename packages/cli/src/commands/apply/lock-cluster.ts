import { createHash } from "node:crypto";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import type { DirectoryLock } from "@ottla/base";
import { nodeDisk } from "@ottla/base/node";
import { lockForApply } from "@ottla/expert/apply";

/**
 * One plan at a time on a cluster, of those that this user carries out from this machine: what one looks at before a step another would change behind it. Between machines nothing but the plans' own looks
 * before each step stands. Errors: `PLAN_IN_USE`, those of the disk.
 */
export function lockCluster(clusterId: string): DirectoryLock {
  // Cluster ids may hold what no name of a directory does.
  const name = createHash("sha256").update(clusterId).digest("hex").slice(0, 32);
  return lockForApply(nodeDisk, join(tmpdir(), `ottla-apply-${userInfo().username}`, name), "Another plan is carried out on this cluster");
}
