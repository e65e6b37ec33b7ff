import { ACL_WILDCARD, type AclBinding } from "@ottla/protocol";
import { isRange, type RangeKey, rangeKey, rangeKeyOf } from "./acl-host.ts";
import type { IndexedAcl } from "./indexed-acl.ts";

/** The ranges of one kind and length. */
interface Ranges extends Pick<RangeKey, "kind" | "length"> {
  readonly byKey: Map<string, Map<string, IndexedAcl>>;
}

/** ACLs of one pattern and principal by their hosts, so that a check looks at those alone that concern its client's, however many hosts there are. */
export class HostAcls {
  readonly #byHost = new Map<string, Map<string, IndexedAcl>>();
  readonly #ranges: Ranges[] = [];

  get isEmpty(): boolean {
    return this.#byHost.size === 0 && this.#ranges.length === 0;
  }

  add(indexed: IndexedAcl): void {
    const { acl } = indexed;
    const place = this.#placeOf(acl.host, true);
    if (place === undefined) return;
    const [acls, key] = place;
    let ofHost = acls.get(key);
    if (ofHost === undefined) acls.set(key, (ofHost = new Map()));
    ofHost.set(ownKey(acl), indexed);
  }

  remove(acl: AclBinding): void {
    const place = this.#placeOf(acl.host, false);
    if (place === undefined) return;
    const [acls, key] = place;
    const ofHost = acls.get(key);
    ofHost?.delete(ownKey(acl));
    if (ofHost?.size === 0) acls.delete(key);
    const empty = this.#ranges.findIndex(({ byKey }) => byKey.size === 0);
    if (empty >= 0) this.#ranges.splice(empty, 1);
  }

  /** Calls `visit` with every ACL that concerns a client at that address, until it returns true. */
  visit(client: string, visit: (acl: IndexedAcl) => boolean): void {
    if (visitAll(this.#byHost.get(ACL_WILDCARD), visit) || visitAll(this.#byHost.get(client), visit)) return;
    for (const ranges of this.#ranges) {
      const key = rangeKeyOf(client, ranges);
      if (key !== undefined && visitAll(ranges.byKey.get(key), visit)) return;
    }
  }

  /** Where ACLs of a host are kept. A range that is none concerns nobody. */
  #placeOf(host: string, isMade: boolean): readonly [Map<string, Map<string, IndexedAcl>>, string] | undefined {
    if (!isRange(host)) return [this.#byHost, host];
    const range = rangeKey(host);
    if (range === undefined) return undefined;
    let ranges = this.#ranges.find(({ kind, length }) => kind === range.kind && length === range.length);
    if (ranges === undefined && isMade) this.#ranges.push((ranges = { kind: range.kind, length: range.length, byKey: new Map() }));
    return ranges && [ranges.byKey, range.key];
  }
}

function visitAll(acls: ReadonlyMap<string, IndexedAcl> | undefined, visit: (acl: IndexedAcl) => boolean): boolean {
  if (acls === undefined) return false;
  for (const indexed of acls.values()) if (visit(indexed)) return true;
  return false;
}

/** Two ways to write one range are two ACLs. */
function ownKey({ host, operation, permissionType }: AclBinding): string {
  return `${operation} ${permissionType} ${host}`;
}
