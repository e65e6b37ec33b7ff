import assert from "node:assert/strict";
import { test } from "node:test";
import { nearName } from "./near-name.ts";

const known = ["linger.ms", "batch.size", "num.partitions", "log.dirs", "log.dir", "acks"];

test("a slip of the fingers finds the name that was meant", () => {
  for (const [typed, meant] of [
    ["linger.sm", "linger.ms"],
    ["akcs", "acks"],
    ["Linger.Ms", "linger.ms"],
    ["lingerms", "linger.ms"],
    ["batch.sise", "batch.size"],
    ["num.partition", "num.partitions"],
    ["log.dirss", "log.dirs"],
    ["batch", "batch.size"],
  ])
    assert.equal(nearName(typed!, known), meant);
});

test("a name that is like none is left alone, however long it is", () => {
  for (const typed of ["", "x", "bat", "plugin.class", "a".repeat(1_000_000)]) assert.equal(nearName(typed, known), undefined);
});
