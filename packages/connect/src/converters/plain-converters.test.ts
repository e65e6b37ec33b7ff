import assert from "node:assert/strict";
import { test } from "node:test";
import { plain } from "../data/make-schema.ts";
import { bytesConverter } from "./bytes-converter.ts";
import type { Converter } from "../plugin/converter-plugin.ts";
import { converterEntries } from "./entries.ts";
import { numberConverters } from "./number-converters.ts";
import { stringConverter } from "./string-converter.ts";

test("texts and bytes come back; null is null bytes", () => {
  const text = stringConverter.open({ encoding: "UTF-8" }, { part: "key" }) as Converter;
  assert.deepEqual(text.toConnect("t", Buffer.from("grün"), []), { schema: plain("string", true), value: "grün" });
  assert.equal(Buffer.from(text.fromConnect("t", { value: 12n }, []) as Uint8Array).toString(), "12");
  assert.equal(text.fromConnect("t", { value: null }, []), null);
  const bytes = bytesConverter.open({}, { part: "value" }) as Converter;
  assert.deepEqual(bytes.toConnect("t", null, []), { schema: plain("bytes", true), value: null });
  assert.throws(() => bytes.fromConnect("t", { schema: plain("string"), value: "x" }, []), { code: "CONNECT_DATA" });
  assert.throws(() => stringConverter.open({ encoding: "latin1" }, { part: "key" }), { code: "CONNECT_CONFIG" });
});

test("numbers are Kafka's own bytes, and what is none of the type or of another length is refused", () => {
  const hex = {
    short: ["fffe", -2],
    integer: ["fffffffe", -2],
    long: ["fffffffffffffffe", -2n],
    float: ["3fc00000", 1.5],
    double: ["3ff8000000000000", 1.5],
    boolean: ["01", true],
  } as const;
  for (const plugin of numberConverters) {
    const [bytes, value] = hex[plugin.name as keyof typeof hex];
    const converter = plugin.open({}, { part: "key" }) as Converter;
    assert.equal(Buffer.from(converter.fromConnect("t", { value }, []) as Uint8Array).toString("hex"), bytes);
    assert.equal((converter.toConnect("t", Buffer.from(bytes, "hex"), []) as { value: unknown }).value, value);
    assert.throws(() => converter.toConnect("t", Buffer.from(`${bytes}00`, "hex"), []), { code: "CONNECT_DATA" });
    assert.throws(() => converter.fromConnect("t", { value: "x" }, []), { code: "CONNECT_DATA" });
    assert.throws(() => converter.fromConnect("t", { schema: plain("string"), value: "x" }, []), { code: "CONNECT_DATA" });
  }
});

test("each converter is found by its name and by Java's", async () => {
  for (const entry of converterEntries) {
    const plugin = await entry.load();
    assert.deepEqual([plugin.name, plugin.aliases, plugin.kind], [entry.name, entry.aliases, "converter"]);
  }
});
