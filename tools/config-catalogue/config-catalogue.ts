/**
 * Remakes `packages/expert/src/catalogue/generated/`: every setting of Apache Kafka's brokers, topics, groups, clients, Streams and Connect, with the versions that know it and what
 * its default was in each, from the tables inside the released jars.
 *
 *   npm run config-catalogue            jars by Maven, needs Java 17; fetches about 600 MB once
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { requireClassPathOf } from "../../conformance/src/kafka/jars.ts";
import { catalogueText, mergeVersions, type VersionTables, versionsText } from "./merge-versions.ts";

/** The last release of each line that the expert speaks of. */
const VERSIONS = ["3.9.2", "4.0.2", "4.1.2", "4.2.2", "4.3.1", "4.4.0"];

const folder = join(import.meta.dirname, "../../packages/expert/src/catalogue/generated");
const program = join(import.meta.dirname, "ConfigCatalogue.java");

const tables: VersionTables[] = [];
for (const version of VERSIONS) {
  const classPath = await requireClassPathOf(version);
  const output = execFileSync("java", ["-cp", classPath, program], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
    maxBuffer: 2 ** 26,
  });
  tables.push({ version: version.split(".").slice(0, 2).join("."), scopes: JSON.parse(output) as VersionTables["scopes"] });
  process.stderr.write(
    `${version}: ${Object.entries(tables.at(-1)!.scopes)
      .map(([scope, rows]) => `${scope} ${rows.length}`)
      .join(", ")}\n`,
  );
}
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, "kafka-settings.ts"), catalogueText(mergeVersions(tables), VERSIONS));
writeFileSync(join(folder, "kafka-versions.ts"), versionsText(VERSIONS));
