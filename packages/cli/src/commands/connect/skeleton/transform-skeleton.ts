import { type Skeleton, words } from "./skeleton.ts";

/** A transform that adds a header, and drops what has no value: something to put one's own in the place of. */
export function transformSkeleton(name: string): Skeleton {
  const { variable } = words(name);
  return {
    plugin: `import { ConnectError, defineTransform, plain, str } from "@ottla/connect";

// Adds a header to each record, and drops those without a value.
export default defineTransform({
  name: "${name}",
  version: "0.1.0",
  doc: "Records with one more header; those without a value are dropped.",
  config: {
    header: str().doc("The header's name."),
    value: str().default("").doc("Its value."),
  },
  open({ header, value }) {
    if (header.trim() === "") throw new ConnectError("CONNECT_CONFIG", "header is a name, and not empty.");
    const added = { key: header, schema: plain("string"), value };
    return {
      // Never changes the record that it is given. What it throws says that the record is bad.
      apply: (record) => (record.value === null ? undefined : { ...record, headers: [...record.headers, added] }),
    };
  },
});
`,
    test: `import assert from "node:assert/strict";
import { test } from "node:test";
import type { ConnectRecord } from "@ottla/connect";
import ${variable} from "./${name}.ts";

const record: ConnectRecord = { topic: "orders", key: null, value: "one", headers: [] };
const transform = ${variable}.open({ header: "seen", value: "here" });

test("a record has one more header, and the one that was given is as it was", () => {
  const seen = transform.apply(record);
  assert.deepEqual(seen?.headers.map(({ key, value }) => [key, value]), [["seen", "here"]]);
  assert.deepEqual(record.headers, []);
});

test("a record without a value is dropped", () => {
  assert.equal(transform.apply({ ...record, value: null }), undefined);
});

test("a header without a name is refused", () => {
  assert.throws(() => ${variable}.open({ header: "", value: "" }), { code: "CONNECT_CONFIG" });
});
`,
    next: [
      `ottla connect run datagen --dry --set kafka.topic=orders --set transforms=t --set transforms.t.type=${name} --set transforms.t.header=seen -n 3`,
    ],
  };
}
