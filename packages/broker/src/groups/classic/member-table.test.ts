import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type GroupMember, MemberTable } from "./member-table.ts";

const memberOf = (memberId: string, change: Partial<GroupMember> = {}): GroupMember => ({
  memberId,
  groupInstanceId: null,
  clientId: "c",
  clientHost: "/127.0.0.1",
  rebalanceTimeoutMs: 60_000,
  sessionTimeoutMs: 10_000,
  protocols: [],
  assignment: Buffer.alloc(0),
  isNew: false,
  owesSync: false,
  awaitingJoin: null,
  awaitingSync: null,
  ...change,
});

const protocolNames = ["p", "q", "r"];
const ids = ["a", "b", "c", "d"];
const put = fc.record({
  kind: fc.constant("put" as const),
  memberId: fc.constantFrom(...ids),
  // A member keeps its instance id; each id has one of its own here.
  isStatic: fc.boolean(),
  names: fc.array(fc.constantFrom(...protocolNames), { maxLength: 4 }),
  metadataBytes: fc.nat({ max: 100 }),
  assignmentBytes: fc.nat({ max: 100 }),
  owesSync: fc.boolean(),
  awaitingJoin: fc.option(fc.nat()),
});
const step = fc.oneof(
  { weight: 4, arbitrary: put },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom("remove" as const, "pend" as const, "unpend" as const),
      memberId: fc.constantFrom(...ids),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom("draft" as const, "settle" as const, "drop" as const) }) },
);

/** What the table says it is, and what its members say. */
function compare(table: MemberTable, members: ReadonlyMap<string, GroupMember>, pending: ReadonlySet<string>): void {
  const all = [...members.values()];
  assert.deepEqual([...table.values()], all);
  assert.equal(table.first(), all[0]);
  assert.deepEqual([...table.pendingIds()], [...pending]);
  assert.deepEqual(
    [table.size, table.pendingCount, table.awaitingJoinCount, table.owingSyncCount],
    [all.length, pending.size, all.filter((member) => member.awaitingJoin !== null).length, all.filter((member) => member.owesSync).length],
  );
  for (const name of protocolNames) {
    assert.equal(
      table.isOfferedByAll(name),
      all.every(({ protocols }) => protocols.some((protocol) => protocol.name === name)),
      name,
    );
  }
  for (const memberId of ids) {
    const member = members.get(memberId);
    assert.deepEqual(
      [table.get(memberId), table.has(memberId), table.isPending(memberId)],
      [member, member !== undefined, pending.has(memberId)],
    );
    assert.equal(table.staticMember(`static ${memberId}`), member?.groupInstanceId === null ? undefined : member);
  }
  // Counted bit by bit, it is what the same members take in a new table.
  const again = new MemberTable(all);
  for (const memberId of pending) again.addPending(memberId);
  assert.equal(table.heldBytes, again.heldBytes);
}

test("the sums of a table are those of its members, through drafts that are settled or dropped (seeded)", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      // What each open draft began with, so that dropping it can be checked.
      const outer: { table: MemberTable; members: Map<string, GroupMember>; pending: Set<string> }[] = [];
      let table = new MemberTable();
      let members = new Map<string, GroupMember>();
      let pending = new Set<string>();
      for (const each of steps) {
        if (each.kind === "put") {
          const { memberId, isStatic, names, metadataBytes, assignmentBytes, owesSync, awaitingJoin } = each;
          const known = members.get(memberId);
          const groupInstanceId = known ? known.groupInstanceId : isStatic ? `static ${memberId}` : null;
          const protocols = names.map((name) => ({ name, metadata: Buffer.alloc(metadataBytes) }));
          const member = memberOf(memberId, {
            groupInstanceId,
            protocols,
            assignment: Buffer.alloc(assignmentBytes),
            owesSync,
            awaitingJoin,
          });
          table.put(member);
          members.set(memberId, member);
        } else if (each.kind === "remove") {
          table.remove(each.memberId);
          members.delete(each.memberId);
        } else if (each.kind === "pend") {
          table.addPending(each.memberId);
          pending.add(each.memberId);
        } else if (each.kind === "unpend") {
          table.removePending(each.memberId);
          pending.delete(each.memberId);
        } else if (each.kind === "draft") {
          outer.push({ table, members, pending });
          table = table.draft();
          members = new Map(members);
          pending = new Set(pending);
        } else if (each.kind === "settle") {
          table = table.settle();
          outer.length = 0;
        } else {
          const before = outer.pop();
          if (before) ({ table, members, pending } = before);
        }
        compare(table, members, pending);
      }
    }),
  );
});

test("a static member that started anew keeps its place by instance id when the old member goes", () => {
  const table = new MemberTable([memberOf("old", { groupInstanceId: "i" })]);
  table.put(memberOf("new", { groupInstanceId: "i" }));
  table.remove("old");
  assert.equal(table.staticMember("i")?.memberId, "new");
});
