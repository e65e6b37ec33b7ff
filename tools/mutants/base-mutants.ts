import type { Mutant } from "./mutant.ts";

const slices = ["base/src/time-slice"];
const bytes = ["base/src/bytes"];
const properties = ["base/src/config/java-properties"];
const paced = ["base/src/node/paced-server", "base/src/node/loop-turn"];
const crowds = ["base/src/node/reading-turns"];

/** Faults in what all packages stand on: slices of time, near names, bytes, settings files. */
export const baseMutants: readonly Mutant[] = [
  {
    rule: "what was read of a connection that was cut off is not parsed",
    file: "packages/base/src/node/paced-server.ts",
    find: "if (socket.destroyed || at >= bytes.length) return;",
    replace: "if (at >= bytes.length) return;",
    tests: paced,
  },
  {
    rule: "what a server does not want yet of a connection is not parsed",
    file: "packages/base/src/node/paced-server.ts",
    find: "      if (socket.isPaused()) return socket.unshift(bytes.subarray(at));\n",
    replace: "",
    tests: paced,
  },
  {
    rule: "who waited and went on by itself is not waked",
    file: "packages/base/src/node/paced-server.ts",
    find: "if (read !== reads) return;",
    replace: "",
    tests: paced,
  },
  {
    rule: "what comes in has so much of a turn",
    file: "packages/base/src/node/loop-turn.ts",
    find: "return nowMs < this.#untilMs;",
    replace: "return nowMs < this.#untilMs * 1_000;",
    tests: paced,
  },
  {
    rule: "what waits for a turn with time left waits on",
    file: "packages/base/src/node/loop-turn.ts",
    find: "if (this.#hasTime()) run();",
    replace: "if (this.#hasTime() || true) run();",
    tests: paced,
  },
  {
    rule: "one turn of the loop reads of a part of a crowd",
    file: "packages/base/src/node/reading-turns.ts",
    find: "nowMs >= this.#untilMs) this.#holdAll(nowMs);",
    replace: "nowMs >= 1_000 * this.#untilMs) this.#holdAll(nowMs);",
    tests: crowds,
  },
  {
    rule: "who asks again and again does not wait for a crowd",
    file: "packages/base/src/node/reading-turns.ts",
    find: "(pace.isBusy && nowMs - pace.lastReadMs < BUSY_MS ? this.#busy : this.#quiet).add(reader);",
    replace: "this.#quiet.add(reader);",
    tests: crowds,
  },
  {
    rule: "what a connection's owner wants to pause stays paused when its crowd is read again",
    file: "packages/base/src/node/node-socket.ts",
    find: "  goOnReading(): void {\n    if (!this.#isPaused)",
    replace: "  goOnReading(): void {\n    if (true)",
    tests: crowds,
  },
  {
    rule: "the young generation is bounded",
    file: "packages/base/src/node/young-generation.ts",
    find: "allow(youngBytes() < maxBytes)",
    replace: "allow(youngBytes() < Infinity)",
    tests: ["base/src/node/young-generation"],
  },
  {
    rule: "a young generation that is let go may grow again",
    file: "packages/base/src/node/young-generation.ts",
    find: "    allow(true);\n",
    replace: "",
    tests: ["base/src/node/young-generation"],
  },
  {
    rule: "a client's first message of a TLS handshake is bounded",
    file: "packages/base/src/node/client-hello.ts",
    find: "if (announcedBytes > HELLO_BYTES_MAX) return",
    replace: "if (announcedBytes > 4 * HELLO_BYTES_MAX) return",
    tests: ["base/src/node/client-hello"],
  },
  {
    rule: "nobody is asked for a second first message of TLS, which may be twenty times as long",
    file: "packages/base/src/node/hello-keys.ts",
    find: "shared !== undefined && !shared.some((group) => groups.has(group))",
    replace: "shared !== undefined && shared.length === 0",
    tests: ["base/src/node/hello-keys", "base/src/node/tls-handshake"],
  },
  {
    rule: "a key of a group that the client does not take is none",
    file: "packages/base/src/node/hello-keys.ts",
    find: "shares?.filter((group) => groups.includes(group))",
    replace: "shares",
    tests: ["base/src/node/hello-keys"],
  },
  {
    rule: "a door of HTTPS that closes does not wait for who is in the middle of a handshake",
    file: "packages/base/src/node/https-server.ts",
    find: "for (const handshake of this.#shaking) handshake.drop();",
    replace: "",
    tests: ["base/src/node/https-server"],
  },
  {
    rule: "a first message that does not say its length is refused",
    file: "packages/base/src/node/client-hello.ts",
    find: "if (bodyBytes < MESSAGE_HEAD_BYTES) return {",
    replace: "if (bodyBytes < 1) return {",
    tests: ["base/src/node/client-hello"],
  },
  {
    rule: "works that rest at the same time share one length",
    file: "packages/base/src/time-slice.ts",
    find: "Math.max(SLICE_MIN_MS, this.#lengthMs / among)",
    replace: "this.#lengthMs",
    tests: slices,
  },
  {
    rule: "work that goes on after a rest does not count as resting",
    file: "packages/base/src/time-slice.ts",
    find: "      this.#due--;\n",
    replace: "",
    tests: slices,
  },
  {
    rule: "work in slices rests again",
    file: "packages/base/src/time-slice.ts",
    find: "    if (slice.isOver) await slice.rest();\n",
    replace: "",
    tests: slices,
  },
  {
    rule: "two letters that changed places are one slip",
    file: "packages/base/src/near-name.ts",
    find: "slips = Math.min(slips, beforePrevious[j - 2]! + 1);",
    replace: "slips += 0;",
    tests: ["base/src/near-name"],
  },
  {
    rule: "the elements that are read from bytes are bounded",
    file: "packages/base/src/bytes/byte-reader.ts",
    find: "    if (this.elementsLeft < 0)\n",
    replace: "    if (this.elementsLeft === undefined)\n",
    tests: ["base/src/bytes", "protocol/src/headers", "broker/src/pipeline/dispatcher"],
  },
  {
    rule: "a field does not go beyond its bytes",
    file: "packages/base/src/bytes/byte-reader.ts",
    find: "if (byteLength < 0 || byteLength > this.end - at) {",
    replace: "if (byteLength < 0) {",
    tests: bytes,
  },
  {
    rule: "a varint has five bytes at most",
    file: "packages/base/src/bytes/byte-reader.ts",
    find: "for (let shift = 0; shift < 35; shift += 7) {",
    replace: "for (let shift = 0; shift < 70; shift += 7) {",
    tests: bytes,
  },
  {
    rule: "a line that ends in an escaped backslash ends there",
    file: "packages/base/src/config/java-properties.ts",
    find: "(/\\\\*$/.exec(part)?.[0].length ?? 0) % 2 === 1;",
    replace: "(/\\\\*$/.exec(part)?.[0].length ?? 0) > 0;",
    tests: properties,
  },
  {
    rule: "a colon ends the name of a property as an equals sign does",
    file: "packages/base/src/config/java-properties.ts",
    find: 'character === "=" || character === ":" || isBlank',
    replace: 'character === "=" || isBlank',
    tests: properties,
  },
];
