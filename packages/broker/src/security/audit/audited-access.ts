import type { AuditRule } from "@ottla/base";
import { AclOperation, CLUSTER_NAME, ResourceType } from "@ottla/protocol";
import type { AccessCheck } from "../access-check.ts";
import type { Rule, Verdict } from "../acls/acl-authorizer.ts";
import { nameOf } from "../acls/acl-words.ts";
import { auditAcl, shortName } from "./audit-names.ts";
import { anyClient, type AuditedCall, auditClient, auditRequest } from "./audited-call.ts";
import { isChangeApi } from "./changes/index.ts";
import { isDataPlane } from "./data-plane.ts";
import type { RepeatWindow } from "./repeat-window.ts";

/** What was decided for one connection, and holds until ACLs change. */
export interface Judged {
  readonly verdict: Verdict;
  /** An event has told of it. */
  isAudited: boolean;
}

/** Where it is told what was decided. */
export interface AccessNotes {
  readonly repeats: RepeatWindow;
  readonly sampleOneIn: number;
  /** Whether this allowed use of data is one of those that are looked at. */
  isSampled(): boolean;
  /** Reading the events is nothing that makes more of them. */
  isOwnTopic(name: string): boolean;
  nowMs(): number;
}

/** An access check that also says why. */
export interface JudgingCheck extends AccessCheck {
  /** As {@link AccessCheck.allows}. */
  judge(operation: number, resourceType: number, resourceName: string): Judged;
}

/** The access check of one request: what it answers is told, the first time in a connection and for whatever is denied; of allowed uses of data a sample. */
export class AuditedAccess implements AccessCheck {
  readonly #notes: AccessNotes;
  readonly #check: JudgingCheck;
  readonly #call: AuditedCall;

  constructor(notes: AccessNotes, check: JudgingCheck, call: AuditedCall) {
    this.#notes = notes;
    this.#check = check;
    this.#call = call;
  }

  get holder(): object {
    return this.#check.holder;
  }

  get epoch(): number {
    return this.#check.epoch;
  }

  allows(operation: number, resourceType: number, resourceName: string): boolean {
    const judged = this.#check.judge(operation, resourceType, resourceName);
    const { isAllowed, rule } = judged.verdict;
    const isSample = isAllowed && judged.isAudited && isDataPlane(this.#call.handler.api.key);
    if (isSample && !this.#isWorthASample(resourceType, resourceName)) return true;
    judged.isAudited = true;
    this.#note({ isAllowed, isSample, operation, resourceType, resourceName, rule });
    return isAllowed;
  }

  /** Nobody hears of a refusal; but where the whole cluster is opened to somebody who changes something, that is why it was allowed. */
  shows(operation: number, resourceType: number, resourceName: string): boolean {
    const isShown = this.#check.shows(operation, resourceType, resourceName);
    if (isShown && resourceType === ResourceType.CLUSTER && resourceName === CLUSTER_NAME && isChangeApi(this.#call.handler.api.key))
      return this.allows(operation, resourceType, resourceName);
    return isShown;
  }

  allowsSome(operation: number, resourceType: number): boolean {
    const isAllowed = this.#check.allowsSome(operation, resourceType);
    if (!isAllowed)
      this.#note({ isAllowed, isSample: false, operation, resourceType, resourceName: undefined, rule: { kind: "none-matches" } });
    return isAllowed;
  }

  operationsOn(resourceType: number, resourceName: string): number {
    return this.#check.operationsOn(resourceType, resourceName);
  }

  #isWorthASample(resourceType: number, resourceName: string): boolean {
    if (resourceType === ResourceType.TOPIC && this.#notes.isOwnTopic(resourceName)) return false;
    return this.#notes.isSampled();
  }

  #note(asked: {
    readonly isAllowed: boolean;
    readonly isSample: boolean;
    readonly operation: number;
    readonly resourceType: number;
    readonly resourceName: string | undefined;
    readonly rule: Rule;
  }): void {
    const { isAllowed, isSample, operation, resourceType, resourceName, rule } = asked;
    const { session, handler, clientId, correlationId } = this.#call;
    const { principal, clientHost, id, nodeId } = session;
    const notes = this.#notes;
    notes.repeats.note(
      {
        client: `${principal.type}:${principal.name}\0${clientHost}`,
        what: `access ${handler.api.key} ${operation} ${resourceType} ${isAllowed} ${isSample} ${rule.kind}`,
        which: `${session.listenerName}\0${clientId ?? ""}\0${resourceName ?? ""}`,
        node: nodeId,
        connection: id,
        correlation: correlationId,
        describe: (closeness) => {
          const client = auditClient(session, closeness === "whole" ? clientId : null);
          const isWhole = closeness === "whole";
          return {
            kind: "access",
            outcome: isAllowed ? "allowed" : "denied",
            client: closeness === "of-kind" ? anyClient(client) : client,
            request: auditRequest(this.#call),
            operation: nameOf(AclOperation, operation),
            resource: {
              type: nameOf(ResourceType, resourceType),
              ...(isWhole && resourceName !== undefined && { name: shortName(resourceName) }),
            },
            rule: isWhole ? auditRule(rule) : { kind: rule.kind },
            ...(isSample && { sampledOneIn: notes.sampleOneIn }),
          };
        },
      },
      notes.nowMs(),
    );
  }
}

function auditRule(rule: Rule): AuditRule {
  return rule.kind === "acl" ? { kind: "acl", acl: auditAcl(rule.acl) } : { kind: rule.kind };
}
