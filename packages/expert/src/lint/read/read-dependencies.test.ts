import assert from "node:assert/strict";
import { test } from "node:test";
import { lintFiles } from "../lint-files.ts";

async function found(path: string, text: string): Promise<readonly unknown[]> {
  const { findings } = await lintFiles([{ path, text }]);
  return findings.map(({ rule, line, key }) => [rule, line, key]);
}

test("versions of Kafka's libraries are read from Maven, with the line, properties filled in", async () => {
  const pom = `<?xml version="1.0"?>
<project>
  <properties><kafka.version>4.1.0</kafka.version></properties>
  <!-- <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka-clients</artifactId><version>1.0.0</version></dependency> -->
  <dependencies>
    <dependency>
      <groupId>org.apache.kafka</groupId>
      <artifactId>kafka-streams</artifactId>
      <version>\${kafka.version}</version>
    </dependency>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka-clients</artifactId>
      <version>2.0.0</version><exclusions><exclusion><groupId>x</groupId><artifactId>y</artifactId></exclusion></exclusions></dependency>
    <dependency><groupId>org.other</groupId><artifactId>kafka-clients</artifactId><version>1.0.0</version></dependency>
  </dependencies>
</project>`;
  assert.deepEqual(await found("service/pom.xml", pom), [
    ["STR-16", 9, "org.apache.kafka:kafka-streams"],
    ["CLU-16", 12, "org.apache.kafka:kafka-clients"],
  ]);
});

test("and from Gradle's build files and its catalogue", async () => {
  for (const path of ["build.gradle", "app/build.gradle.kts"])
    assert.deepEqual(
      await found(
        path,
        'dependencies {\n  // implementation("org.apache.kafka:kafka-clients:1.0.0")\n  implementation("org.apache.kafka:kafka-streams:4.1.0")\n}\n',
      ),
      [["STR-16", 3, "org.apache.kafka:kafka-streams"]],
    );
  const catalogue =
    '[versions]\nkafka = "4.1.0"\n[libraries]\nstreams = { module = "org.apache.kafka:kafka-streams", version.ref = "kafka" }\n';
  assert.deepEqual(await found("gradle/libs.versions.toml", catalogue), [["STR-16", 4, "org.apache.kafka:kafka-streams"]]);
  assert.deepEqual(await found("gradle/libs.versions.toml", catalogue.replace("4.1.0", "4.4.0")), []);
});

test("a build file that is half written, or no build file at all, harms nobody", async () => {
  for (const text of [
    "<project><dependency><groupId>org.apache.kafka",
    `org.apache.kafka${"<a>".repeat(5000)}`,
    "</dependency></dependency>org.apache.kafka",
    "\u0000org.apache.kafka",
    // A megabyte of what could be looked at again and again.
    `org.apache.kafka<${"a".repeat(1_000_000)}`,
    `org.apache.kafka${"<!--".repeat(250_000)}`,
    `org.apache.kafka${"<![CDATA[".repeat(100_000)}`,
    `org.apache.kafka<a ${"/".repeat(1_000_000)}`,
  ])
    assert.deepEqual(await found("pom.xml", text), []);
});
