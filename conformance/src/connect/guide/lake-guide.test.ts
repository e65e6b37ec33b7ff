// The guide's first part, its files, commands and statements run as they stand: PostgreSQL of npm or Debian, a fake S3, DuckDB.
import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { promisify } from "node:util";
import { DuckDBInstance } from "@duckdb/node-api";
import pg from "pg";
import { nodeBinary, repositoryRoot } from "../../paths.ts";
import { findNpmPostgres, findPostgres, startPostgres } from "../../process/postgres.ts";
import { makeTemporaryFolder, removeTemporaryFolder } from "../../process/temporary-folder.ts";
import { waitUntil } from "../../process/wait-until.ts";
import { startFakeS3 } from "../s3/fake-s3.ts";

const programs = findPostgres() ?? findNpmPostgres();
const main = `${repositoryRoot}packages/cli/src/main.ts`;

test("rows of the guide's table are read from the guide's lake", {
  skip: programs === undefined ? "no PostgreSQL: apt install postgresql" : false,
}, async () => {
  const guide = readFileSync(`${repositoryRoot}docs/guides/connect.md`, "utf8");
  const blocks = (kind: string): readonly string[] =>
    [...guide.matchAll(new RegExp(`\`\`\`${kind}\\n([\\s\\S]*?)\`\`\``, "g"))].map(([, block = ""]) => block);
  const [table = "", change = "", question = ""] = blocks("sql");
  const folder = makeTemporaryFolder("connect-guide");
  const postgres = await startPostgres(programs!, { wal_level: "logical" });
  await using s3 = await startFakeS3(["lake"]);
  const { database, host, port, user } = postgres.connection;
  const env = {
    ...process.env,
    ...{
      PGHOST: host,
      PGPORT: String(port),
      PGUSER: user,
      PGPASSWORD: "none",
      PGDATABASE: database,
      S3_URL: s3.url,
      S3_KEY: "key",
      S3_SECRET: "secret",
    },
  };
  const client = new pg.Client(postgres.connection);
  await client.connect();
  const dev = spawn(
    nodeBinary,
    ["--conditions=source", main, "dev", "--memory", "--only", "broker,connect", "--port", "0", "--json", "--log-level", "error"],
    {
      cwd: folder,
      env,
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  try {
    await client.query(table);
    for (const block of blocks("json")) {
      const [first = "", ...rest] = block.split("\n");
      writeFileSync(join(folder, first.slice("// ".length)), rest.join("\n"));
    }
    const [line] = (await once(createInterface({ input: dev.stdout }), "line")) as [string];
    const { connect } = JSON.parse(line) as { readonly connect: string };
    const commands = blocks("sh")
      .flatMap((block) => block.trim().split("\n"))
      .filter((command) => /^ottla connect (?!new)/.test(command) && !command.includes("connectors/"));
    assert.equal(commands.length, 5);
    for (const command of commands)
      await promisify(execFile)(nodeBinary, ["--conditions=source", main, ...command.split(" ").slice(1)], {
        cwd: folder,
        env: { ...env, OTTLA_CONNECT_URL: connect },
        timeout: 30_000,
      });
    await waitUntil(
      "the rows that were there are in the lake",
      async () => (await asked(question, folder, s3.objects)).length === 2 || undefined,
    );
    await client.query(change);
    const expected = [
      ["1", "Ada", "13.00"],
      ["2", "Grace", "3.00"],
      ["3", "Barbara", "7.25"],
    ];
    await waitUntil(
      "the lake has what the table has",
      async () => JSON.stringify(await asked(question, folder, s3.objects)) === JSON.stringify(expected) || undefined,
    );
  } finally {
    dev.kill("SIGTERM");
    await once(dev, "exit");
    await client.end();
    await postgres.stop();
    removeTemporaryFolder(folder);
  }
});

/** The guide's question, asked of what is in the bucket. */
async function asked(
  question: string,
  folder: string,
  objects: ReadonlyMap<string, { readonly body: Buffer }>,
): Promise<readonly (readonly string[])[]> {
  if (objects.size === 0) return [];
  for (const [name, { body }] of objects) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), body);
  }
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  const answer = await connection.runAndReadAll(question.replace("'lake/", `'${folder}/lake/`));
  return answer.getRows().map((row) => row.map(String));
}
