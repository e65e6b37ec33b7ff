import { DatabaseSync } from "node:sqlite";
import { after, test } from "node:test";
import { jdbcSource } from "@ottla/connect/jdbc-source";
import { sourceChecks } from "@ottla/connect/testing";
import { makeTemporaryFolder, removeTemporaryFolder } from "../../../src/process/temporary-folder.ts";

const folder = makeTemporaryFolder("jdbc-kit");
after(() => removeTemporaryFolder(folder));
let stages = 0;

for (const { name, run } of sourceChecks({
  plugin: jdbcSource,
  async makeStage() {
    const path = `${folder}/${stages++}.db`;
    const database = new DatabaseSync(path);
    database.exec("CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT); CREATE TABLE other (id INTEGER PRIMARY KEY)");
    let rows = 0;
    return {
      properties: {
        "connection.url": `jdbc:sqlite:${path}`,
        "topic.prefix": "",
        mode: "incrementing",
        "table.whitelist": "t",
        "poll.interval.ms": "20",
        "batch.max.rows": "7",
      },
      async add(count) {
        const ids = Array.from({ length: count }, () => String(++rows));
        database.exec("BEGIN");
        for (const id of ids) database.exec(`INSERT INTO t VALUES (${id}, 'x')`);
        database.exec("COMMIT");
        return ids;
      },
      [Symbol.asyncDispose]: async () => database.close(),
    };
  },
  identityOf: ({ value }) => String((value as { readonly id: bigint }).id),
  unusable: {
    "connection.url": `jdbc:sqlite:${folder}/nowhere.db`,
    "topic.prefix": "",
    mode: "incrementing",
    "connection.password": "hidden",
  },
  quietMs: 150,
}))
  test(name, run);
