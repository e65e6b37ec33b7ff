import type { Logger } from "@ottla/base";
import { operationsOf } from "@ottla/protocol";
import type { ClusterMetadata } from "../metadata/cluster-metadata.ts";
import type { MetadataRecord } from "../metadata/metadata-records.ts";
import { AclAuthorizer, type Verdict } from "./acls/acl-authorizer.ts";
import { describeRequest, describeRule } from "./acls/acl-words.ts";
import { hostOf } from "./acls/acl-host.ts";
import { AclIndex, type Asker } from "./acls/acl-index.ts";
import type { AuthorizerSettings } from "./acls/authorizer-settings.ts";
import type { Judged, JudgingCheck } from "./audit/audited-access.ts";

/** A connection, as far as access is concerned. */
export interface Client {
  readonly principal: { readonly type: string; readonly name: string };
  /** The client's address as Kafka prints it: "/127.0.0.1". */
  readonly clientHost: string;
}

/** Verdicts that one connection remembers; then it begins anew. */
const REMEMBERED_MAX = 2000;
/** Longer names are looked up each time. */
const REMEMBERED_NAME_MAX = 256;

/** A verdict that holds until ACLs change. */
interface Remembered extends Judged {
  /** The log has heard of it. */
  isTold: boolean;
}

/** Who may do what: the cluster's ACLs, ready to be asked. Follows metadata; a change holds for the next check of every connection. */
export class AccessControl {
  readonly #index = new AclIndex();
  readonly #authorizer: AclAuthorizer;
  readonly #logger: Logger;
  readonly #checks = new WeakMap<Client, ClientCheck>();
  #epoch = 1;

  constructor(settings: AuthorizerSettings, metadata: ClusterMetadata, logger: Logger) {
    for (const acl of metadata.acls()) this.#index.add(acl);
    this.#authorizer = new AclAuthorizer(this.#index, settings);
    this.#logger = logger;
  }

  /** Grows with every change of ACLs. */
  get epoch(): number {
    return this.#epoch;
  }

  get aclCount(): number {
    return this.#index.size;
  }

  follow(record: MetadataRecord): void {
    if (record.kind === "acl") this.#index.add(record.acl);
    else if (record.kind === "acl-removed") this.#index.remove(record.acl);
    else return;
    this.#epoch++;
  }

  /** What a client may do. The same object for as long as it is the same principal. */
  of(client: Client): JudgingCheck {
    const known = this.#checks.get(client);
    if (known?.principal === client.principal) return known;
    const check = new ClientCheck(this, this.#authorizer, client);
    this.#checks.set(client, check);
    return check;
  }

  /** A refusal is told once for each connection and change of ACLs, as long as the connection remembers it. */
  tellRefusal(asker: Asker, operation: number, resourceType: number, resourceName: string, verdict: Verdict): void {
    this.#logger.info("a client was not allowed", {
      principal: asker.principal,
      host: asker.host,
      asked: describeRequest(operation, resourceType, resourceName),
      because: describeRule(verdict.rule),
    });
  }
}

/** Asks for one connection, and remembers. */
class ClientCheck implements JudgingCheck {
  readonly principal: Client["principal"];
  readonly #control: AccessControl;
  readonly #authorizer: AclAuthorizer;
  readonly #asker: Asker;
  /** By operation and type of resource, then by name. */
  #remembered = new Map<number, Map<string, Remembered>>();
  #rememberedCount = 0;
  /** Whether something of a type may be used at all: all ACLs of the principal are looked at for that. */
  #some = new Map<number, boolean>();
  #rememberedEpoch = 0;

  constructor(control: AccessControl, authorizer: AclAuthorizer, { principal, clientHost }: Client) {
    this.principal = principal;
    this.#control = control;
    this.#authorizer = authorizer;
    this.#asker = { principal: `${principal.type}:${principal.name}`, host: hostOf(clientHost) };
  }

  get holder(): object {
    return this;
  }

  get epoch(): number {
    return this.#control.epoch;
  }

  allows(operation: number, resourceType: number, resourceName: string): boolean {
    return this.judge(operation, resourceType, resourceName).verdict.isAllowed;
  }

  judge(operation: number, resourceType: number, resourceName: string): Judged {
    const remembered = this.#remember(operation, resourceType, resourceName);
    const { verdict } = remembered;
    if (!verdict.isAllowed && !remembered.isTold) {
      remembered.isTold = true;
      this.#control.tellRefusal(this.#asker, operation, resourceType, resourceName, verdict);
    }
    return remembered;
  }

  shows(operation: number, resourceType: number, resourceName: string): boolean {
    return this.#remember(operation, resourceType, resourceName).verdict.isAllowed;
  }

  allowsSome(operation: number, resourceType: number): boolean {
    this.#keepUp();
    const kind = resourceType * 256 + operation;
    let isAllowed = this.#some.get(kind);
    if (isAllowed === undefined) this.#some.set(kind, (isAllowed = this.#authorizer.authorizeSome(this.#asker, operation, resourceType)));
    return isAllowed;
  }

  operationsOn(resourceType: number, resourceName: string): number {
    let bits = 0;
    for (const operation of operationsOf(resourceType)) if (this.shows(operation, resourceType, resourceName)) bits |= 1 << operation;
    return bits;
  }

  #remember(operation: number, resourceType: number, resourceName: string): Remembered {
    this.#keepUp();
    const kind = resourceType * 256 + operation;
    let byName = this.#remembered.get(kind);
    if (byName === undefined) this.#remembered.set(kind, (byName = new Map()));
    const known = byName.get(resourceName);
    if (known !== undefined) return known;
    const fresh: Remembered = {
      verdict: this.#authorizer.authorize(this.#asker, operation, resourceType, resourceName),
      isTold: false,
      isAudited: false,
    };
    if (resourceName.length > REMEMBERED_NAME_MAX) return fresh;
    byName.set(resourceName, fresh);
    this.#rememberedCount++;
    return fresh;
  }
  /** What was found out holds until ACLs change. */
  #keepUp(): void {
    if (this.#rememberedEpoch === this.#control.epoch && this.#rememberedCount < REMEMBERED_MAX) return;
    this.#remembered = new Map();
    this.#rememberedCount = 0;
    this.#some = new Map();
    this.#rememberedEpoch = this.#control.epoch;
  }
}
