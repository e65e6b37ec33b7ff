import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { ClientError, type ClientErrorCode } from "./client-error.ts";

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), "utf8");

const union = /export type ClientErrorCode =([^;]+);/.exec(read("./client-error.ts"))![1]!;
const codes = [...union.matchAll(/"([A-Z_]+)"/g)].map((match) => match[1]!);

test("the README explains every error code, and no other", () => {
  const explained = [...read("../README.md").matchAll(/^\| `([A-Z_]+)` +\|/gm)].map((match) => match[1]!);
  assert.ok(codes.length > 15);
  assert.deepEqual(explained.toSorted(), codes.toSorted());
});

test("every error code is thrown somewhere", () => {
  const folder = new URL(".", import.meta.url);
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter(
    (file) => file.endsWith(".ts") && !file.endsWith(".test.ts"),
  );
  const sources = files.map((file) => readFileSync(new URL(file, folder), "utf8")).join();
  for (const code of codes) assert.match(sources, new RegExp(`(new ClientError|super)\\(\\s*"${code}"`), code);
});

test("the README tells what each code is: retriable, abortable, fatal or none of them", () => {
  const told = [...read("../README.md").matchAll(/^\| `([A-Z_]+)` +\| (\w*) +\|/gm)].map(([, code, flag]) => `${code} ${flag}`);
  const true_ = codes.map((code) => {
    const error = new ClientError(code as ClientErrorCode, "");
    return `${code} ${(["retriable", "abortable", "fatal"] as const).filter((flag) => error[flag]).join(" and ")}`;
  });
  assert.deepEqual(told.toSorted(), true_.toSorted());
});
