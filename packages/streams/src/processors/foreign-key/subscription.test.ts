import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { noHeaders } from "../../record.ts";
import { Hash, murmur3 } from "../../serdes/murmur3.ts";
import { serdes } from "../../serdes/serdes.ts";
import { Change, keptValue } from "../change.ts";
import { changeSerde } from "../change-serde.ts";
import { combinedKey, combinedKeyPrefix, primaryKeyIn } from "./combined-key.ts";
import { Instruction, Subscription, SubscriptionResponse, subscriptionResponseSerde, subscriptionSerde } from "./subscription.ts";

interface Vector<T> {
  readonly serde: string;
  readonly value: T;
  readonly hex: string;
}

const { vectors } = JSON.parse(readFileSync(new URL("../../../test/fixtures/java-bytes.json", import.meta.url), "utf8")) as {
  vectors: Vector<unknown>[];
};
const of = <T>(serde: string): Vector<T>[] => {
  const found = vectors.filter((vector) => vector.serde === serde) as Vector<T>[];
  assert.ok(found.length > 0);
  return found;
};
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const hashOf = (text: string | null): Hash | null => (text === null ? null : new Hash().readFrom(Buffer.from(text, "hex"), 0));

const instructions: Readonly<Record<string, Instruction>> = {
  DELETE_KEY_NO_PROPAGATE: Instruction.deleteKeyNoPropagate,
  DELETE_KEY_AND_PROPAGATE: Instruction.deleteKeyAndPropagate,
  PROPAGATE_NULL_IF_NO_FK_VAL_AVAILABLE: Instruction.propagateNullIfNoForeignValue,
  PROPAGATE_ONLY_IF_FK_VAL_AVAILABLE: Instruction.propagateOnlyIfForeignValue,
};

test("subscriptions and their responses have Java's bytes", () => {
  const serde = subscriptionSerde(serdes.string, () => "pk");
  for (const vector of of<{ hash: string | null; instruction: string; primaryKey: string; primaryPartition: number }>("subscription")) {
    const { hash, instruction, primaryKey, primaryPartition } = vector.value;
    const value = new Subscription(hashOf(hash), instructions[instruction]!, primaryKey, primaryPartition);
    const bytes = serde.serialize("t", value, noHeaders);
    assert.equal(hex(bytes), vector.hex);
    const read = serde.deserialize("t", bytes, noHeaders);
    assert.deepEqual(read, value);
  }
  const responses = subscriptionResponseSerde(serdes.string);
  for (const vector of of<{ hash: string | null; foreignValue: string | null }>("response")) {
    const { hash, foreignValue } = vector.value;
    const bytes = responses.serialize("t", new SubscriptionResponse(hashOf(hash), foreignValue, 1), noHeaders);
    assert.equal(hex(bytes), vector.hex);
    const read = responses.deserialize("t", bytes, noHeaders);
    assert.deepEqual(read, new SubscriptionResponse(hashOf(hash), foreignValue, null));
  }
});

test("a subscription of an application before KIP-775 has no partition, and one of a later version is refused", () => {
  const serde = subscriptionSerde(serdes.string, () => "pk");
  assert.deepEqual(
    serde.deserialize("t", Buffer.from("8001706b", "hex"), noHeaders),
    new Subscription(null, Instruction.deleteKeyAndPropagate, "pk", null),
  );
  assert.throws(() => serde.deserialize("t", Buffer.from("8201706b00000000", "hex"), noHeaders), /version 2/);
  for (const bad of ["", "01", "8104706b00000000", "0101aabb"])
    assert.throws(() => serde.deserialize("t", Buffer.from(bad, "hex"), noHeaders), TypeError);
  assert.throws(() => subscriptionResponseSerde(serdes.string).deserialize("t", Buffer.from("00aa", "hex"), noHeaders), /no response/);
});

test("what is held back of a subscription or an answer stays as it was when the operator fills its own anew", () => {
  const hash = hashOf("00112233445566778899aabbccddeeff")!;
  const subscription = new Subscription(hash, Instruction.deleteKeyAndPropagate, "pk", 1);
  const response = new SubscriptionResponse(hash, "value", 1);
  const held = [keptValue(subscription), keptValue(response)];
  const before = [subscription.kept(), response.kept()];
  Object.assign(subscription, { instruction: Instruction.deleteKeyNoPropagate, primaryKey: "other", primaryPartition: 2 });
  Object.assign(response, { foreignValue: "other", primaryPartition: 2 });
  hash.take(new Hash());
  assert.deepEqual(held, before);
  assert.deepEqual(held[0], new Subscription(hashOf("00112233445566778899aabbccddeeff"), Instruction.deleteKeyAndPropagate, "pk", 1));
  assert.deepEqual(new Subscription(null, Instruction.deleteKeyAndPropagate, "pk", null).kept().hash, null);
});

test("changes have Java's bytes, and the forms with a latest flag are read", () => {
  const serde = changeSerde(serdes.string);
  for (const { value, hex: expected } of of<{ newValue: string | null; oldValue: string | null; isLatest: boolean }>("change(string)")) {
    const bytes = serde.serialize("t", new Change(value.newValue, value.oldValue, value.isLatest), noHeaders);
    assert.equal(hex(bytes), expected);
    assert.deepEqual(serde.deserialize("t", bytes, noHeaders), new Change(value.newValue, value.oldValue));
  }
  assert.deepEqual(serde.deserialize("t", Buffer.from("6f0003", "hex"), noHeaders), new Change<string>(null, "o", false));
  assert.deepEqual(serde.deserialize("t", Buffer.from("6e0104", "hex"), noHeaders), new Change<string>("n", null, true));
  assert.deepEqual(serde.deserialize("t", Buffer.from("026e6f0005", "hex"), noHeaders), new Change<string>("n", "o", false));
  assert.throws(() => serde.serialize("t", new Change<string>(null, null), noHeaders), /neither/);
  for (const bad of ["", "6e06", "7e6e02", "05"]) assert.throws(() => serde.deserialize("t", Buffer.from(bad, "hex"), noHeaders), Error);
});

test("the hash of a left value is Java's", () => {
  for (const { value, hex: expected } of of<string>("murmur3")) {
    const hash = new Hash();
    murmur3(Buffer.from(value, "hex"), hash);
    assert.deepEqual(hash, hashOf(expected));
  }
});

test("combined keys of one foreign key share a prefix that no other foreign key has", () => {
  const key = combinedKey(Buffer.from("fk"), Buffer.from("pk"));
  assert.equal(hex(key), "00000002666b706b");
  assert.equal(hex(combinedKeyPrefix(Buffer.from("fk"))), "00000002666b");
  assert.equal(Buffer.from(primaryKeyIn(key)).toString(), "pk");
});
