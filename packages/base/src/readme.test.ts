import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { SeededRandom, SimulatedClock, SimulatedDisk } from "./simulated/index.ts";

test("every error code of base is in its README", () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  const sources = ["seams/disk.ts", "seams/net.ts", "errors.ts", "config/config-value.ts"].map((path) =>
    readFileSync(new URL(path, import.meta.url), "utf8"),
  );
  const codes = new Set(sources.join("\n").match(/\b(DISK(?!_ERROR_CODES)|PORT|ADDRESS|CONNECT|INVALID|MALFORMED)_[A-Z_]+\b/g));
  assert.ok(codes.size >= 15, [...codes].join());
  for (const code of codes) assert.ok(readme.includes(`\`${code}\``), code);
});

test("the README's example: what nobody synced is gone after a power loss", () => {
  const disk = new SimulatedDisk({ clock: new SimulatedClock(), syncMs: 5 });
  disk.makeDirectory("data");
  disk.open("data/log").append([Buffer.from("acknowledged, not synced")]);
  disk.crash({ mode: "power", random: new SeededRandom(7) });
  assert.equal(disk.stat("data"), undefined);
});
