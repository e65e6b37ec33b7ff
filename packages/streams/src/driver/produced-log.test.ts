import assert from "node:assert/strict";
import { test } from "node:test";
import { noHeaders } from "../record.ts";
import { type LoggedRecord, ProducedLog } from "./produced-log.ts";

const textOf = ({ topic, key, value, timestamp, headers }: LoggedRecord): string =>
  `${topic} ${key === null ? "null" : Buffer.from(key).toString()}=${value?.length ?? "null"}@${timestamp} ${headers.length}`;

test("records of all sizes come out as they went in, with null apart from empty", () => {
  const log = new ProducedLog();
  const headers = [{ key: "h", value: Buffer.from("1") }];
  const sizes = [0, 1, 7, 8, 9, 200, 2_047, 2_048, 65_535, 65_536, 65_537, 1_000_000, 3];
  const expected: string[] = [];
  for (const [at, size] of sizes.entries()) {
    log.append(at, at === 0 ? undefined : at, Buffer.from(`k${at}`), Buffer.alloc(size), at, at % 2 === 0 ? headers : noHeaders, -1);
    expected.push(`${at} k${at}=${size}@${at} ${at % 2 === 0 ? 1 : 0}`);
  }
  log.append(99, undefined, null, null, null, noHeaders, -1);
  const taken = [...log.takeAll()];
  assert.deepEqual(taken.map(textOf), [...expected, "99 null=null@null 0"]);
  assert.deepEqual([taken[0]!.partition, taken[3]!.partition], [undefined, 3]);
  assert.deepEqual([...log.takeAll()], []);
});

test("a topic's records are followed from block to block, while those of another stay", () => {
  const log = new ProducedLog();
  const numbers: number[] = [];
  for (let at = 0; at < 10_000; at++) {
    log.append(0, 0, null, Buffer.from("stays"), at, noHeaders, -1);
    numbers.push(log.append(1, 0, Buffer.from(`${at}`), Buffer.alloc(at % 90), at, noHeaders, numbers.at(-1) ?? -1));
  }
  let number = numbers[0]!;
  for (let at = 0; at < numbers.length; at++) {
    const next = at + 1 < numbers.length ? log.nextOf(number) : -1;
    assert.equal(textOf(log.take(number)), `1 ${at}=${at % 90}@${at} 0`);
    number = next;
  }
  assert.equal([...log.takeAll()].length, 10_000);
});

test("what is taken out at once costs no memory, however much goes through", () => {
  const log = new ProducedLog();
  const value = Buffer.alloc(10_000);
  for (let at = 0; at < 20_000; at++) {
    log.take(log.append(0, 0, null, value, at, noHeaders, -1));
    assert.ok(log.memoryBytes <= 65_536, `${log.memoryBytes} bytes are held after ${at} records`);
  }
});
