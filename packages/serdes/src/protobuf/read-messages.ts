import { isUtf8 } from "node:buffer";
import { type DescField, type DescMessage, ScalarType } from "@bufbuild/protobuf";
import { functionOf } from "@ottla/base";
import { irregular } from "./irregular.ts";

const DEPTH_MAX = 100;
const LOOP_MAX = 12;

/** Where messages are read. */
class ProtoInput {
  bytes: Buffer = Buffer.alloc(0);
  at = 0;
  end = 0;
  depth = 0;
  readonly #scratch = new DataView(new ArrayBuffer(8));
  #high = 0;

  begin(bytes: Buffer, at: number): void {
    this.bytes = bytes;
    this.at = at;
    this.end = bytes.length;
    this.depth = 0;
  }

  /** The lower 32 bits of a number of at most 64. */
  low(): number {
    const { bytes } = this;
    let [lower, upper, shift] = [0, 0, 0];
    for (; shift < 70; shift += 7) {
      const byte = this.at < this.end ? bytes[this.at++]! : this.#fail();
      const bits = byte & 0x7f;
      if (shift < 28) lower |= bits << shift;
      else if (shift === 28) {
        lower |= bits << 28;
        upper = bits >>> 4;
      } else upper |= bits << (shift - 32);
      if (byte < 0x80) {
        this.#high = upper;
        return lower;
      }
    }
    return this.#fail();
  }

  int32(): number {
    return this.low();
  }

  uint32(): number {
    return this.low() >>> 0;
  }

  sint32(): number {
    const low = this.low();
    return (low >>> 1) ^ -(low & 1);
  }

  /** True or false as 1 or 0; what else may stand there is seldom meant. */
  bool(): boolean {
    const byte = this.at < this.end ? this.bytes[this.at++]! : this.#fail();
    return byte > 1 ? this.#fail() : byte === 1;
  }

  int64(): bigint {
    const low = this.low();
    return this.#long(this.#high, low);
  }

  uint64(): bigint {
    return BigInt.asUintN(64, this.int64());
  }

  sint64(): bigint {
    const low = this.low();
    const sign = -(low & 1);
    return this.#long((this.#high >>> 1) ^ sign, ((low >>> 1) | (this.#high << 31)) ^ sign);
  }

  #long(high: number, low: number): bigint {
    if (high >= -0x20_0000 && high < 0x20_0000) return BigInt(high * 0x1_0000_0000 + (low >>> 0));
    this.#scratch.setInt32(0, high);
    this.#scratch.setInt32(4, low);
    return this.#scratch.getBigInt64(0);
  }

  fixed32(): number {
    return this.bytes.readUInt32LE(this.#take(4));
  }

  sfixed32(): number {
    return this.bytes.readInt32LE(this.#take(4));
  }

  fixed64(): bigint {
    return this.bytes.readBigUInt64LE(this.#take(8));
  }

  sfixed64(): bigint {
    return this.bytes.readBigInt64LE(this.#take(8));
  }

  float(): number {
    return this.bytes.readFloatLE(this.#take(4));
  }

  double(): number {
    return this.bytes.readDoubleLE(this.#take(8));
  }

  #take(size: number): number {
    const { at } = this;
    if (size > this.end - at) this.#fail();
    this.at = at + size;
    return at;
  }

  text(): string {
    const size = this.uint32();
    const { bytes } = this;
    const from = this.#take(size);
    if (size <= LOOP_MAX) {
      let text = "";
      let index = from;
      for (; index < this.at; index++) {
        const byte = bytes[index]!;
        if (byte > 0x7f) break;
        text += String.fromCharCode(byte);
      }
      if (index === this.at) return text;
    }
    const text = bytes.toString("utf8", from, this.at);
    if (text.includes("\ufffd") && !isUtf8(bytes.subarray(from, this.at))) this.#fail();
    return text;
  }

  data(): Uint8Array {
    const size = this.uint32();
    const from = this.#take(size);
    return new Uint8Array(this.bytes.subarray(from, from + size));
  }

  /** Enters what has a length; gives the end of what is around it. */
  enter(): number {
    const size = this.uint32();
    const around = this.end;
    if (size > around - this.at || ++this.depth > DEPTH_MAX) this.#fail();
    this.end = this.at + size;
    return around;
  }

  leave(around: number): void {
    if (this.at !== this.end) this.#fail();
    this.end = around;
    this.depth--;
  }

  #fail(): never {
    throw irregular;
  }
}

type Read = (input: ProtoInput) => unknown;

const METHODS: Readonly<Record<ScalarType, readonly [method: string, wire: number, zero: string]>> = {
  [ScalarType.INT32]: ["int32", 0, "0"],
  [ScalarType.UINT32]: ["uint32", 0, "0"],
  [ScalarType.SINT32]: ["sint32", 0, "0"],
  [ScalarType.INT64]: ["int64", 0, "0n"],
  [ScalarType.UINT64]: ["uint64", 0, "0n"],
  [ScalarType.SINT64]: ["sint64", 0, "0n"],
  [ScalarType.BOOL]: ["bool", 0, "false"],
  [ScalarType.FIXED32]: ["fixed32", 5, "0"],
  [ScalarType.SFIXED32]: ["sfixed32", 5, "0"],
  [ScalarType.FIXED64]: ["fixed64", 1, "0n"],
  [ScalarType.SFIXED64]: ["sfixed64", 1, "0n"],
  [ScalarType.FLOAT]: ["float", 5, "0"],
  [ScalarType.DOUBLE]: ["double", 1, "0"],
  [ScalarType.STRING]: ["text", 2, '""'],
  [ScalarType.BYTES]: ["data", 2, "new Uint8Array(0)"],
};

/** Makes what reads messages as the library does, of bytes that are as they should be. It throws {@link Irregular} for all others. Undefined where no code may be made. */
export function compileMessageReader(message: DescMessage): ((bytes: Buffer, from: number) => unknown) | undefined {
  const read = new MessageReaders().of(message);
  if (read === undefined) return undefined;
  const input = new ProtoInput();
  const nothing = Buffer.alloc(0);
  return (bytes, from) => {
    input.begin(bytes, from);
    try {
      return read(input);
    } finally {
      // What was read must not keep the fetched answer.
      input.bytes = nothing;
    }
  };
}

class MessageReaders {
  readonly #known = new Map<DescMessage, Read>();

  of(message: DescMessage): Read | undefined {
    const known = this.#known.get(message);
    if (known !== undefined) return known;
    // A message that stands in itself is met before it is made.
    this.#known.set(message, (input) => made!(input));
    const made = this.#make(message);
    if (made !== undefined) this.#known.set(message, made);
    return made;
  }

  #make(message: DescMessage): Read | undefined {
    const inside: Read[] = [];
    const readOf = (of: DescMessage): string | undefined => {
      const read = this.of(of);
      if (read === undefined) return undefined;
      return `m${inside.push(read) - 1}`;
    };
    const declared: string[] = [];
    const cases: string[] = [];
    const own: string[] = [];
    const later: string[] = [];
    for (const [index, field] of message.fields.entries()) {
      const code = codeOf(field, `f${index}`, readOf);
      if (code === undefined) return undefined;
      cases.push(...code.cases);
      if (field.oneof !== undefined) continue;
      declared.push(`let f${index} = ${code.zero};`);
      const name = JSON.stringify(field.localName);
      if (code.zero === "undefined") later.push(`if (f${index} !== undefined) message[${name}] = f${index};`);
      else own.push(`${name}: f${index}`);
    }
    for (const [index, { localName }] of message.oneofs.entries()) {
      declared.push(`let o${index} = { case: undefined };`);
      own.push(`${JSON.stringify(localName)}: o${index}`);
    }
    const body = `return function readMessage(input) {
      ${declared.join(" ")}
      while (input.at < input.end) {
        switch (input.uint32()) {
          ${cases.join("\n          ")}
          default: throw irregular;
        }
      }
      const message = { "$typeName": ${JSON.stringify(message.typeName)}, ${own.join(", ")} };
      ${later.join(" ")}
      return message;
    }`;
    const make = functionOf(["irregular", "setOwn", ...inside.map((_read, index) => `m${index}`)], body);
    return make?.(irregular, setOwn, ...inside) as Read | undefined;
  }
}

interface FieldCode {
  readonly zero: string;
  readonly cases: readonly string[];
}

function codeOf(field: DescField, variable: string, readOf: (of: DescMessage) => string | undefined): FieldCode | undefined {
  const [method, wire, zero] = METHODS[field.scalar ?? ScalarType.INT32];
  const tag = (to: number): number => ((field.number << 3) | to) >>> 0;
  const inside = field.message === undefined ? undefined : readOf(field.message);
  if (field.message !== undefined && inside === undefined) return undefined;
  const nested = `const around = input.enter(); const value = ${inside}(input); input.leave(around);`;
  if (field.fieldKind === "map") {
    // Other keys are texts in the program and numbers on the wire: the library's work.
    if (field.mapKey !== ScalarType.STRING) return undefined;
    const valueTag = (2 << 3) | (inside === undefined ? wire : 2);
    const missing = inside === undefined ? zero : "undefined";
    const readValue =
      inside === undefined
        ? `value = input.${method}();`
        : `{ const within = input.enter(); value = ${inside}(input); input.leave(within); }`;
    const line = `case ${tag(2)}: { const around = input.enter(); let key = ""; let value = ${missing};
            while (input.at < input.end) { const part = input.uint32(); if (part === 10) key = input.text(); else if (part === ${valueTag}) ${inside === undefined ? readValue : readValue} else throw irregular; }
            if (value === undefined) throw irregular;
            input.leave(around); setOwn(${variable}, key, value); break; }`;
    return { zero: "{}", cases: [line] };
  }
  if (field.fieldKind === "list") {
    if (inside !== undefined) return { zero: "[]", cases: [`case ${tag(2)}: { ${nested} ${variable}.push(value); break; }`] };
    const one = `case ${tag(wire)}: ${variable}.push(input.${method}()); break;`;
    if (wire === 2) return { zero: "[]", cases: [one] };
    const packed = `case ${tag(2)}: { const around = input.enter(); while (input.at < input.end) ${variable}.push(input.${method}()); input.leave(around); break; }`;
    return { zero: "[]", cases: [one, packed] };
  }
  if (field.oneof !== undefined) {
    const name = JSON.stringify(field.localName);
    const target = `o${field.parent.oneofs.indexOf(field.oneof)}`;
    // A message that comes twice becomes one of both.
    const value = inside === undefined ? `const value = input.${method}();` : `if (${target}.case === ${name}) throw irregular; ${nested}`;
    return {
      zero: "undefined",
      cases: [`case ${tag(inside === undefined ? wire : 2)}: { ${value} ${target} = { case: ${name}, value }; break; }`],
    };
  }
  if (inside !== undefined)
    return {
      zero: "undefined",
      cases: [`case ${tag(2)}: { if (${variable} !== undefined) throw irregular; ${nested} ${variable} = value; break; }`],
    };
  const isTold = field.presence === 1;
  return { zero: isTold ? "undefined" : zero, cases: [`case ${tag(wire)}: ${variable} = input.${method}(); break;`] };
}

function setOwn(object: object, name: string, value: unknown): void {
  // What the library does with such a key is its own affair.
  if (name === "__proto__") throw irregular;
  (object as Record<string, unknown>)[name] = value;
}
