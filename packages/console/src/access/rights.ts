import type { ChangeKind, ClusterChange } from "@ottla/expert/plan";
import type { ServiceChange, ServiceChangeKind } from "../actions/service-change.ts";
import type { Role } from "@ottla/base";

/** What a route asks of who calls it, and how the audit names what it does. */
export interface RouteRight {
  /** `anyone`: also who has not logged in. */
  readonly role: Role | "anyone";
  /** Told in the audit; left out where only the cluster's state is looked at. */
  readonly does?: string;
  /** What it is done to: a type of the audit, and the path's parameter with the name. */
  readonly to?: readonly [type: string, parameter?: string];
  /** The route tells by itself how it ended: a login, a stream of records. */
  readonly tellsItself?: boolean;
  /** The route tells by itself that it begins, and what. */
  readonly tellsBegin?: boolean;
}

const look: RouteRight = { role: "viewer" };
const topic = ["TOPIC", "topic"] as const;
const plan = ["PLAN", "plan"] as const;

/**
 * Who may do what, by method and path. A route that is not here is the administrators' alone, and a test fails. `--read-only` is above all of it.
 */
export const ROUTE_RIGHTS: Readonly<Record<string, RouteRight>> = {
  "GET /session": { role: "anyone" },
  "POST /login": { role: "anyone", tellsItself: true },
  "POST /logout": { role: "anyone", tellsItself: true },
  "GET /about": look,
  "GET /overview": look,
  "GET /timeline": look,
  "GET /changes": look,
  "GET /topics": look,
  "GET /topic-tree": look,
  "GET /topics/:topic": look,
  "GET /topics/:topic/settings": look,
  "GET /topics/:topic/groups": look,
  "GET /topics/:topic/messages": { role: "viewer", does: "messages.read", to: topic, tellsItself: true },
  "GET /topics/:topic/record": { role: "viewer", does: "messages.read", to: topic },
  "POST /topics/:topic/messages": { role: "operator", does: "messages.produce", to: topic },
  "POST /topics/:topic/exports": { role: "viewer", does: "messages.export", to: topic },
  "GET /groups": look,
  "GET /group": look,
  "GET /group/offsets-at": look,
  "GET /findings": look,
  "GET /findings/known": look,
  "GET /security": look,
  "GET /security/who": look,
  "GET /security/certificates": look,
  "POST /security/users": { role: "admin", does: "users.alter", to: ["USER"] },
  "GET /dead-letters": look,
  "GET /dead-letters/causes": look,
  "GET /streams": look,
  "GET /streams/application": look,
  "GET /streams/rows": { role: "viewer", does: "stores.read" },
  "GET /schemas": look,
  "GET /schema": look,
  "GET /schema/version": look,
  "POST /schema/check": { role: "viewer", does: "schema.check" },
  "GET /connect/connectors": look,
  "GET /connect/connector": look,
  "GET /connect/logs": look,
  "GET /connect/metrics": look,
  "GET /connect/plugins": look,
  // It tries settings out, with what the worker may reach and know.
  "POST /connect/validate": { role: "admin", does: "connector.validate" },
  // It runs a connector and shows what it reads.
  "POST /connect/preview": { role: "admin", does: "connector.preview" },
  "GET /plans": look,
  // A plan changes nothing; who may not carry it out sees the commands that would.
  "POST /plans": { role: "viewer", does: "plan.preview", to: ["PLAN"] },
  // What is in the plan may need more: see CHANGE_ROLES.
  "POST /plans/:plan/apply": { role: "operator", does: "plan.apply", to: plan, tellsBegin: true },
  "POST /plans/:plan/stop": { role: "operator", does: "plan.stop", to: plan },
  "POST /plans/:plan/undo": { role: "operator", does: "plan.undo", to: plan, tellsBegin: true },
};

/** Who may carry out a change in a plan, or take it back, by its kind. */
export const CHANGE_ROLES: Readonly<Record<ChangeKind | ServiceChangeKind, Role>> = {
  config: "operator",
  createTopic: "operator",
  deleteTopic: "admin",
  addPartitions: "operator",
  reassign: "admin",
  cancelReassignment: "admin",
  electLeaders: "operator",
  removeThrottles: "operator",
  setGroupOffsets: "operator",
  deleteGroupOffsets: "operator",
  setShareGroupOffsets: "operator",
  deleteShareGroupOffsets: "operator",
  deleteGroup: "admin",
  abortTransaction: "admin",
  addAcls: "admin",
  removeAcls: "admin",
  setQuota: "admin",
  upgradeFeature: "admin",
  manual: "operator",
  registerSchema: "operator",
  deleteSchemaVersion: "admin",
  deleteSubject: "admin",
  setCompatibility: "operator",
  // A connector reads and writes what it is told to, past all that is masked here.
  putConnector: "admin",
  setConnectorState: "operator",
  restartConnector: "operator",
  resetConnectorOffsets: "admin",
  deleteConnector: "admin",
  redriveDeadLetters: "operator",
};

/** Who may draw up a plan with a change: what is looked at for it may do something by itself. */
export function roleOfPreview(change: ClusterChange | ServiceChange): Role {
  // Connect tries a connector's settings out, with what its worker may reach and know.
  return change.kind === "putConnector" ? "admin" : "viewer";
}

/** What holds for everybody (settings of brokers, the level of all subjects) is the administrators'. */
export function roleOfChange(change: ClusterChange | ServiceChange): Role {
  // To another topic than where they came from: no rule may hide there what is hidden here.
  if (change.kind === "redriveDeadLetters" && change.to !== undefined) return "admin";
  if (change.kind === "setCompatibility" && change.subject === null) return "admin";
  if (change.kind === "config" && change.target.type !== "topic") return "admin";
  return Object.hasOwn(CHANGE_ROLES, change.kind) ? CHANGE_ROLES[change.kind] : "admin";
}
