import assert from "node:assert/strict";
import { test } from "node:test";
import type { MessagePart, UnreadBytes } from "@ottla/base";
import { type Client, frame, KIB, Scene } from "../testing/connection-scene.ts";
import type { Outcome } from "./frame-receiver.ts";

/** Bytes of one letter that are read when they are sent; from `waits` on a test says when. */
class Stored implements UnreadBytes {
  readonly byteLength: number;
  readonly #letter: string;
  readonly #failsAt: number;
  waits = false;
  isReleased = false;
  readBytes = 0;
  goOn: (() => void) | undefined;

  constructor(letter: string, byteLength: number, failsAt = Infinity) {
    this.#letter = letter;
    this.byteLength = byteLength;
    this.#failsAt = failsAt;
  }

  read(target: Uint8Array): number | Promise<number> {
    if (this.waits) return new Promise<void>((resolve) => (this.goOn = resolve)).then(() => this.#read(target));
    return this.#read(target);
  }

  #read(target: Uint8Array): number {
    assert.equal(this.isReleased, false, "read after it was let go");
    if (this.readBytes >= this.#failsAt) throw new Error("the disk fails");
    Buffer.from(target.buffer, target.byteOffset, target.byteLength).fill(this.#letter);
    this.readBytes += target.length;
    return target.length;
  }
}

function answer(parts: readonly (MessagePart | string)[], onSent?: () => void): Outcome {
  const made = parts.map((part) => (typeof part === "string" ? Buffer.from(part) : part));
  const size = Buffer.alloc(4);
  size.writeInt32BE(made.reduce((sum, { byteLength }) => sum + byteLength, 0));
  return { kind: "answer", frame: [size, ...made], onSent };
}

function stored(letter: string, byteLength: number, failsAt?: number) {
  const bytes = new Stored(letter, byteLength, failsAt);
  return { bytes, answer: answer(["<", bytes, ">"], () => (bytes.isReleased = true)) };
}

async function slowClient(scene: Scene, texts: readonly string[]): Promise<Client> {
  const client = await scene.client();
  client.socket.pause();
  client.send(...texts);
  await scene.settle();
  return client;
}

test("an answer that is read when it is sent comes whole, in its place among others", async () => {
  await using scene = await Scene.open();
  const client = await scene.client();
  client.send("over 1", "over 2", "over 3", "over 4");
  await scene.settle();
  const [first, second] = [stored("a", 3_000_000), stored("b", 10)];
  const large = "z".repeat(40 * KIB);
  scene.parked[3]!.answer();
  scene.parked[2]!.answer({ kind: "answer", frame: [frame(large)], onSent: undefined });
  scene.parked[1]!.answer(answer(["(", first.bytes, large, second.bytes, ")"]));
  scene.parked[0]!.answer();
  await scene.settle();
  const expected = ["over 1", `(${"a".repeat(3_000_000)}${large}${"b".repeat(10)})`, large, "over 4"];
  assert.deepEqual(
    client.answers.map((text) => [text.length, text === expected.shift()]),
    [6, 3_000_012 + large.length, large.length, 6].map((length) => [length, true]),
  );
  assert.equal(scene.memory.heldBytes, 0);
});

test("a client that does not take such an answer holds one window of it, and its next requests wait", async () => {
  await using scene = await Scene.open();
  const client = await slowClient(scene, ["over 1", "now 2"]);
  const { bytes, answer } = stored("a", 20 * KIB * KIB);
  scene.parked[0]!.answer(answer);
  await scene.settle();
  client.send("now 3");
  await scene.settle();
  assert.deepEqual([bytes.readBytes, bytes.isReleased, scene.received.length], [512 * KIB - 5, false, 2]);
  assert.ok(scene.memory.heldBytes <= 513 * KIB, `${scene.memory.heldBytes} bytes are held`);
  client.socket.resume();
  await scene.settle();
  assert.deepEqual([bytes.isReleased, client.answers.length, scene.received.length, scene.memory.heldBytes], [true, 3, 3, 0]);
});

test("who holds more than its share has small windows", async () => {
  await using scene = await Scene.open();
  const others = scene.memory.openAccount();
  others.hold(scene.memory.capacityBytes);
  const client = await slowClient(scene, ["over 1"]);
  scene.accounts[0]!.hold(100 * KIB);
  const { bytes, answer } = stored("a", KIB * KIB);
  scene.parked[0]!.answer(answer);
  await scene.settle();
  assert.equal(bytes.readBytes, 32 * KIB - 5);
  client.socket.resume();
  await scene.settle();
  assert.equal(client.answers[0]?.length, KIB * KIB + 2);
  others.close();
});

test("an answer whose rest cannot be read closes its connection, which says why, and lets it go", async () => {
  await using scene = await Scene.open();
  const client = await scene.client();
  client.send("over 1");
  await scene.settle();
  const { bytes, answer } = stored("a", 5 * KIB * KIB, KIB * KIB);
  scene.parked[0]!.answer(answer);
  await scene.settle();
  assert.deepEqual(
    [client.isClosed, bytes.isReleased, scene.memory.heldBytes, scene.reasons],
    [true, true, 0, ["the rest of an answer cannot be read from the disk: the disk fails"]],
  );
});

test("while the disk is waited for others are served; a client that goes meanwhile lets go when the read has ended", async () => {
  await using scene = await Scene.open();
  const [client, other] = [await scene.client(), await scene.client()];
  client.send("over 1");
  await scene.settle();
  const { bytes, answer } = stored("a", 2 * KIB * KIB);
  bytes.waits = true;
  scene.parked[0]!.answer(answer);
  other.send("now");
  await scene.settle();
  assert.equal(other.answers.length, 1);
  bytes.goOn!();
  await scene.settle();
  assert.ok(bytes.readBytes > 0 && bytes.readBytes < bytes.byteLength);
  client.socket.destroy();
  await scene.settle();
  assert.equal(bytes.isReleased, false);
  bytes.goOn!();
  await scene.settle();
  assert.deepEqual([bytes.isReleased, scene.memory.heldBytes], [true, 0]);
});

test("a broker that stops sends such an answer to its end", async () => {
  await using scene = await Scene.open();
  const client = await slowClient(scene, ["over 1"]);
  const { bytes, answer } = stored("a", 5 * KIB * KIB);
  scene.parked[0]!.answer(answer);
  await scene.settle();
  const stopped = scene.stop(10_000);
  await scene.settle();
  client.socket.resume();
  await scene.settle();
  await stopped;
  assert.deepEqual([client.answers[0]?.length, bytes.isReleased, client.isClosed], [5 * KIB * KIB + 2, true, true]);
});
