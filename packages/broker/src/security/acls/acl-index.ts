import { ACL_WILDCARD, type AclBinding, AclOperation, AclPermissionType, isImpliedBy, PatternType } from "@ottla/protocol";
import { aclKey } from "../../metadata/acl-key.ts";
import { rangeMatch } from "./acl-host.ts";
import { HostAcls } from "./host-acls.ts";
import type { IndexedAcl } from "./indexed-acl.ts";
import { PrefixTree } from "./prefix-tree.ts";

/** Which ACLs concern a check, and whether any ACL concerns its resource at all. */
export interface Found {
  readonly deny: AclBinding | undefined;
  readonly allow: AclBinding | undefined;
  readonly hasAny: boolean;
}

/** Who asks: the principal as `Type:name`, and the address as Java prints it. */
export interface Asker {
  readonly principal: string;
  readonly host: string;
}

const EVERY_USER = "User:*";

/** The ACLs of one pattern, by principal. */
class PatternAcls {
  readonly #byPrincipal = new Map<string, HostAcls>();

  get isEmpty(): boolean {
    return this.#byPrincipal.size === 0;
  }

  of(principal: string): HostAcls | undefined {
    return this.#byPrincipal.get(principal);
  }

  add(indexed: IndexedAcl): void {
    const { principal } = indexed.acl;
    let acls = this.#byPrincipal.get(principal);
    if (!acls) this.#byPrincipal.set(principal, (acls = new HostAcls()));
    acls.add(indexed);
  }

  remove(acl: AclBinding): void {
    const acls = this.#byPrincipal.get(acl.principal);
    acls?.remove(acl);
    if (acls?.isEmpty) this.#byPrincipal.delete(acl.principal);
  }
}

/** The ACLs of one type of resource. */
class TypeAcls {
  readonly literal = new Map<string, PatternAcls>();
  readonly prefixed = new PrefixTree<PatternAcls>();
  readonly byPrincipal = new Map<string, Map<string, IndexedAcl>>();
}

/** All ACLs, so that a check looks at those alone that concern its resource and its principal, however many there are. */
export class AclIndex {
  readonly #byType: (TypeAcls | undefined)[] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Adds one that is not there yet. */
  add(acl: AclBinding): void {
    const ofType = (this.#byType[acl.resourceType] ??= new TypeAcls());
    const patterns = acl.patternType === PatternType.PREFIXED ? ofType.prefixed : ofType.literal;
    let pattern = patterns.get(acl.resourceName);
    if (!pattern) patterns.set(acl.resourceName, (pattern = new PatternAcls()));
    const indexed = { acl, isDeny: acl.permissionType === AclPermissionType.DENY, range: rangeMatch(acl.host) };
    pattern.add(indexed);
    let ofPrincipal = ofType.byPrincipal.get(acl.principal);
    if (!ofPrincipal) ofType.byPrincipal.set(acl.principal, (ofPrincipal = new Map()));
    ofPrincipal.set(aclKey(acl), indexed);
    this.#size++;
  }

  /** Takes one out that is there. */
  remove(acl: AclBinding): void {
    const ofType = this.#byType[acl.resourceType];
    if (!ofType) return;
    const patterns = acl.patternType === PatternType.PREFIXED ? ofType.prefixed : ofType.literal;
    const pattern = patterns.get(acl.resourceName);
    pattern?.remove(acl);
    if (pattern?.isEmpty) patterns.delete(acl.resourceName);
    const ofPrincipal = ofType.byPrincipal.get(acl.principal);
    ofPrincipal?.delete(aclKey(acl));
    if (ofPrincipal?.size === 0) ofType.byPrincipal.delete(acl.principal);
    this.#size--;
  }

  /** The first ACL that denies, which ends the search, or else the most specific one that allows. */
  find(asker: Asker, operation: number, resourceType: number, resourceName: string): Found {
    const ofType = this.#byType[resourceType];
    if (ofType === undefined) return NOTHING_FOUND;
    const search = new Search(asker, operation);
    const wildcard = ofType.literal.get(ACL_WILDCARD);
    if (wildcard !== undefined && search.lookInto(wildcard)) return search;
    ofType.prefixed.visitPrefixesOf(resourceName, search.visit);
    if (search.deny !== undefined || resourceName === ACL_WILDCARD) return search;
    const literal = ofType.literal.get(resourceName);
    if (literal !== undefined) search.lookInto(literal);
    return search;
  }

  /** The ACLs of one type of resource that concern a principal, its own and everybody's. */
  *ofPrincipal(principal: string, resourceType: number): IterableIterator<IndexedAcl> {
    const ofType = this.#byType[resourceType];
    yield* ofType?.byPrincipal.get(principal)?.values() ?? [];
    if (principal !== EVERY_USER) yield* ofType?.byPrincipal.get(EVERY_USER)?.values() ?? [];
  }
}

/** One look through the ACLs that concern a resource. */
class Search implements Found {
  deny: AclBinding | undefined;
  allow: AclBinding | undefined;
  hasAny = false;
  readonly #asker: Asker;
  readonly #operation: number;
  readonly visit = (pattern: PatternAcls): boolean => this.lookInto(pattern);
  /** True for one that denies: nothing else counts. */
  readonly #judge = ({ acl, isDeny }: IndexedAcl): boolean => {
    if (isDeny ? !denies(acl.operation, this.#operation) : !isImpliedBy(acl.operation, this.#operation)) return false;
    if (isDeny) this.deny = acl;
    else this.allow = acl;
    return isDeny;
  };

  constructor(asker: Asker, operation: number) {
    this.#asker = asker;
    this.#operation = operation;
  }

  /** True when there is nothing more to look for. */
  lookInto(pattern: PatternAcls): boolean {
    this.hasAny = true;
    const { principal } = this.#asker;
    this.#lookAt(pattern.of(principal));
    if (principal !== EVERY_USER) this.#lookAt(pattern.of(EVERY_USER));
    return this.deny !== undefined;
  }

  #lookAt(acls: HostAcls | undefined): void {
    if (acls !== undefined && this.deny === undefined) acls.visit(this.#asker.host, this.#judge);
  }
}

const NOTHING_FOUND: Found = { deny: undefined, allow: undefined, hasAny: false };

function denies(given: number, asked: number): boolean {
  return given === asked || given === AclOperation.ALL;
}
