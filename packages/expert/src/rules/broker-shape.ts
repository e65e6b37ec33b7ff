import type { Settings } from "../lint/settings.ts";

/** How many copies the topics have that brokers keep their own state in. */
export const INTERNAL_FACTORS = [
  "offsets.topic.replication.factor",
  "transaction.state.log.replication.factor",
  "share.coordinator.state.topic.replication.factor",
];

/** Whether the file belongs to a cluster of one broker, as far as it says: one voter, itself. */
export function isAlone(settings: Settings): boolean {
  const voters = settings.list("controller.quorum.voters").length;
  const bootstrap = settings.list("controller.quorum.bootstrap.servers").length;
  return Math.max(voters, bootstrap) === 1 && settings.list("process.roles").length === 2;
}

/** Whether the file is one of a broker that keeps records, not of a controller alone. */
export function isData(settings: Settings): boolean {
  const roles = settings.list("process.roles");
  return roles.length === 0 || roles.includes("broker");
}

/** Whether min.insync.replicas counts for the whole cluster alone: of a broker that is no controller, with eligible leader replicas (4.1 and later). */
export function isSetForCluster(settings: Settings): boolean {
  const roles = settings.list("process.roles");
  return roles.length === 1 && roles[0] === "broker" && !["3.9", "4.0"].includes(settings.version);
}
