import assert from "node:assert/strict";
import { test } from "node:test";
import { CommandLineFixture, runWords } from "../../testing/command-line-fixture.ts";

const size = (...words: readonly string[]) => runWords(["size", ...words]);

test("a calculator shows figures, formulas and what binds", async () => {
  const { status, stdout } = await size(
    "brokers",
    "--write",
    "100MB/s",
    "--groups",
    "3",
    "--ratio",
    "50%",
    "--disk-per-broker",
    "8TB",
    "--partitions",
    "3000",
  );
  assert.equal(status, 0);
  assert.match(stdout, /^brokers: 21, decided by disk\nfrom write 100 MB\/s, /);
  assert.match(stdout, /\nfor the disk +20 +disk = write × retention/);
  assert.match(stdout, /\n- Disk binds/);
});

test("programs get base units", async () => {
  const { stdout } = await size("drain", "--lag", "3600000", "--produced", "1000/s", "--consumed", "1000/s", "--json");
  const { calculator, inputs, result, figures } = JSON.parse(stdout) as {
    calculator: string;
    inputs: Record<string, number>;
    result: string;
    figures: { name: string; value: number | null }[];
  };
  assert.deepEqual([calculator, inputs["lag"], result, figures[0]?.value], ["drain", 3_600_000, "drain", null]);
});

test("what is missing or makes no sense is named by its option", async () => {
  const refusals = await Promise.all([
    size("disk"),
    size("disk", "--write", "100"),
    size("disk", "--write", "1MB/s", "--fill", "0"),
    size("disk", "--write", "1MB/s", "--replication-factor", "-1"),
    size("disk", "--write", "1MB/s", "--replication-factor", "0"),
    size("retention", "--write", "0B/s", "--disk", "1TB"),
  ]);
  assert.deepEqual(
    refusals.map(({ status }) => status),
    [2, 2, 2, 2, 2, 2],
  );
  const [missing, unit, bound, negative, none, zero] = refusals.map(({ stderr }) => stderr);
  assert.match(missing!, /Give --write: peak rate/);
  assert.match(unit!, /--write: "100" is no quantity of this kind; its unit is one of B\/s/);
  assert.match(bound!, /--fill is 0; it must be above 0 and at most 1/);
  assert.match(negative!, /--replication-factor: "-1" is no quantity/);
  assert.match(none!, /--replication-factor is 0; it must be at least 1/);
  assert.match(zero!, /--write is 0; it must be above 0/);
});

test("a running cluster is measured: what binds, also without a broker, and what was not seen", async () => {
  const ottla = await CommandLineFixture.start();
  try {
    await ottla.run(["topics", "create", "orders", "-p", "3"]);
    await ottla.run(["produce", "orders"], { stdin: "1\n2\n3\n" });
    const { stdout, status, stderr } = await ottla.run(["size", "measured", "--for", "0.2", "--network", "10Gb/s"]);
    assert.equal(status, 0, stderr);
    assert.match(
      stdout,
      / binds: .* of broker \d+\n1 broker, watched for .*, 0 B\/s written\n\nWHAT .*\nreplicas +\d+ +3 +- +4,000 +0\.075 % +-\n/s,
    );
    assert.match(stdout, /\n- One broker: nobody takes its part when it is lost\.\n/);
    const seen = (await ottla.json("size", "measured", "--for", "0")) as { brokers: number; writtenBytesPerS?: number; notSeen: string[] };
    assert.deepEqual([seen.brokers, seen.writtenBytesPerS], [1, undefined]);
    assert.match(seen.notSeen.join(" "), /--network 10Gb\/s.*--for 60/);
    assert.match((await ottla.run(["size", "measured", "--fill", "0"])).stderr, /--fill is 0; it must be above 0/);
  } finally {
    await ottla.stop();
  }
});
