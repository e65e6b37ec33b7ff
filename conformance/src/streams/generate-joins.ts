import type { JoinerName } from "./case-functions.ts";
import { foreignKeyNames, joinerNames } from "./case-functions.ts";
import type { SerdeName } from "./case-statement.ts";
import type { Made, OperatorMaker } from "./generate-topology.ts";

const KINDS = ["inner", "left", "outer"] as const;
const joinedSerde = (joiner: JoinerName): SerdeName => (joiner === "sum" ? "long" : "string");
const sameKey =
  (from: Made) =>
  (made: Made): boolean =>
    made.key === from.key && made.isJoinable !== false;

const streams: OperatorMaker = {
  name: "joinStream",
  weight: 4,
  pairsStreams: true,
  fits: (from, writer) => from.kind === "stream" && (from.key === "string" || from.key === "long") && writer.mayPair(from, from),
  add(from, writer) {
    const partner = writer.chance(0.15) ? from : writer.partner("stream", (made) => sameKey(from)(made) && writer.mayPair(from, made))!;
    writer.markRead(partner);
    const id = writer.id("j");
    const joiner = writer.pick(joinerNames);
    const beforeMs = writer.millis(0, 12);
    const afterMs = writer.chance(0.5) ? beforeMs : writer.millis(0, 12);
    const storeName = writer.chance(0.2) ? { storeName: writer.id("join-store") } : {};
    writer.add({
      id,
      op: "joinStream",
      kind: writer.pick(KINDS),
      from: from.id,
      with: partner.id,
      joiner,
      window: { beforeMs, afterMs, graceMs: writer.chance(0.4) ? 0 : writer.millis(0, 10) },
      key: from.key,
      value: from.value,
      otherValue: partner.value,
      ...storeName,
      ...writer.name("join"),
    });
    return [{ ...from, id, value: joinedSerde(joiner) }];
  },
};

const streamAndTable: OperatorMaker = {
  name: "joinTable",
  weight: 3,
  fits: (from, writer) => from.kind === "stream" && writer.partner("table", sameKey(from)) !== undefined,
  add(from, writer) {
    const partner = writer.partner("table", sameKey(from))!;
    writer.markRead(partner);
    const id = writer.id("j");
    const joiner = writer.pick(joinerNames);
    const kind = writer.pick(["inner", "left"] as const);
    const grace = partner.isVersioned === true && writer.chance(0.6) ? { graceMs: writer.millis(0, 12) } : {};
    writer.add({
      id,
      op: "joinTable",
      kind,
      ...grace,
      from: from.id,
      with: partner.id,
      joiner,
      key: from.key,
      value: from.value,
      otherValue: partner.value,
      ...writer.name("join"),
    });
    return [{ ...from, id, value: joinedSerde(joiner) }];
  },
};

const tables: OperatorMaker = {
  name: "joinTables",
  weight: 4,
  fits: (from, writer) =>
    from.kind === "table" &&
    from.isJoinable !== false &&
    writer.partner("table", (made) => sameKey(from)(made) && made.id !== from.id) !== undefined,
  add(from, writer) {
    const partner = writer.partner("table", (made) => sameKey(from)(made) && made.id !== from.id)!;
    writer.markRead(partner);
    const id = writer.id("j");
    const joiner = writer.pick(joinerNames);
    const value = joinedSerde(joiner);
    const store = from.key === "string" ? writer.store(from.key, value, 0.4) : {};
    writer.add({
      id,
      op: "joinTable",
      kind: writer.pick(KINDS),
      from: from.id,
      with: partner.id,
      joiner,
      result: value,
      ...writer.name("join"),
      ...store,
    });
    return [{ id, kind: "table", key: from.key, value, knowsSerdes: store.store !== undefined }];
  },
};

const foreignKeys: OperatorMaker = {
  name: "joinOn",
  weight: 3,
  fits: (from, writer) =>
    from.kind === "table" &&
    from.knowsSerdes &&
    from.key === "string" &&
    writer.partner("table", (made) => made.key === "string" && made.knowsSerdes) !== undefined,
  add(from, writer) {
    const partner = writer.partner("table", (made) => made.key === "string" && made.knowsSerdes)!;
    writer.markRead(partner);
    const id = writer.id("j");
    const joiner = writer.pick(joinerNames);
    const value = joinedSerde(joiner);
    const { store } = writer.store(from.key, value, 0.5);
    const kind = writer.pick(["inner", "left"] as const);
    writer.add({
      id,
      op: "joinOn",
      kind,
      from: from.id,
      with: partner.id,
      joiner,
      foreignKey: writer.pick(foreignKeyNames),
      ...writer.name("join"),
      store: store ?? { key: from.key, value },
    });
    return [{ id, kind: "table", key: from.key, value, knowsSerdes: true }];
  },
};

const global: OperatorMaker = {
  name: "joinGlobal",
  weight: 3,
  fits: (from, writer) => from.kind === "stream" && writer.partner("globalTable", () => true) !== undefined,
  add(from, writer) {
    const partner = writer.partner("globalTable", () => true)!;
    writer.markRead(partner);
    const id = writer.id("j");
    const joiner = writer.pick(joinerNames);
    const map = writer.pick(["textOfKey", "firstOfValue", "valueAsKey", "nullKeyIfC"] as const);
    writer.add({
      id,
      op: "joinGlobal",
      kind: writer.pick(["inner", "left"] as const),
      from: from.id,
      with: partner.id,
      joiner,
      map,
      ...writer.name("join"),
    });
    return [{ ...from, id, value: joinedSerde(joiner) }];
  },
};

/** Joins of all kinds. */
export const joinOperators: readonly OperatorMaker[] = [streams, streamAndTable, tables, foreignKeys, global];
