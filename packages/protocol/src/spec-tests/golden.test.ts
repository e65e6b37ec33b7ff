import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { ByteReader, ByteWriter } from "@ottla/base";
import { ApiKey, apiInfo, apiTable, ErrorCode, errorInfo, KafkaError, requestHeaderVersion, responseHeaderVersion } from "../index.ts";
import { inVersions, loadSubjects, type SpecField, type Subject, type Values } from "./spec-files.ts";
import { defaultStruct, defaultValue } from "./spec-values.ts";

// The fixtures were written by Apache Kafka 4.4.0's own classes: see test/golden/README.md. `npm run golden` remakes them.
const goldenFolder = join(import.meta.dirname, "../../test/golden");

interface GoldenLine {
  readonly message: string;
  readonly version: number;
  /** The version the values are of, where Java wrote them in the older `version`. */
  readonly from?: number;
  /** In hex; "refused" where the older version cannot carry the values. */
  readonly bytes: string;
  readonly values: Values;
  /** Tagged fields at the end of the message that no version defines: tag to hex. */
  readonly unknown?: Readonly<Record<string, string>>;
}

function goldenLines(file: string): GoldenLine[] {
  const lines = readFileSync(join(goldenFolder, file), "utf8").trimEnd().split("\n");
  return lines.map((line) => JSON.parse(line) as GoldenLine);
}

function rows(file: string): string[][] {
  const lines = readFileSync(join(goldenFolder, file), "utf8").trimEnd().split("\n");
  return lines.map((line) => line.split("\t"));
}

/** The message our reader must give for the values Java was given. */
function expectedMessage(subject: Subject, version: number, values: Values, fields: readonly SpecField[] = subject.fields): Values {
  const message: Record<string, unknown> = { ...defaultStruct(subject, fields) };
  for (const field of fields)
    if (inVersions(field.versions, version)) message[field.name] = expectedValue(subject, version, field, values[field.name]);
  return message;
}

function expectedValue(subject: Subject, version: number, field: SpecField, value: unknown): unknown {
  if (value === null) return null;
  const type = field.type.replace("[]", "");
  const struct = subject.structs.get(type);
  const one = (element: unknown): unknown => {
    if (struct !== undefined) return expectedMessage(subject, version, element as Values, struct);
    return type === "bytes" || type === "records" ? Buffer.from(element as string, "base64") : element;
  };
  if (value === undefined) return defaultValue(subject, field);
  return Array.isArray(value) ? value.map(one) : one(value);
}

describe("bytes written by Apache Kafka's own serializers", async () => {
  for (const subject of await loadSubjects()) {
    it(`are read and written alike: ${subject.name}`, () => {
      const lines = goldenLines(`${subject.file}.ndjson`).filter((line) => line.message === subject.name && line.from === undefined);
      const versions = new Set(lines.map((line) => line.version));
      assert.equal(versions.size, subject.maxVersion - subject.minVersion + 1, "every version has golden bytes");
      for (const { version, bytes, values, unknown } of lines) {
        const message = expectedMessage(subject, version, values);
        const tags =
          unknown === undefined
            ? undefined
            : Object.entries(unknown).map(([tag, hex]) => ({ tag: Number(tag), data: Buffer.from(hex, "hex") }));
        const expected = tags === undefined ? message : { ...message, unknownTaggedFields: tags };
        const reader = new ByteReader(Buffer.from(bytes, "hex"));
        assert.deepStrictEqual(subject.read(reader, version), expected, `version ${version}`);
        assert.equal(reader.remaining, 0);
        const writer = new ByteWriter();
        subject.write(writer, expected, version);
        assert.equal(writer.toBuffer().toString("hex"), bytes, `version ${version}`);
      }
    });
  }
});

describe("messages written in a version older than their own", async () => {
  for (const subject of await loadSubjects()) {
    if (subject.minVersion === subject.maxVersion) continue;
    it(`lose ignorable fields and are refused for others, as by Apache Kafka: ${subject.name}`, () => {
      const lines = goldenLines(`${subject.file}.ndjson`).filter((line) => line.message === subject.name && line.from !== undefined);
      assert.ok(lines.length > 0);
      for (const { version, from, bytes, values } of lines) {
        const message = expectedMessage(subject, from!, values);
        const writer = new ByteWriter();
        const write = (): void => subject.write(writer, message, version);
        if (bytes === "refused") {
          assert.throws(
            write,
            (error) => error instanceof KafkaError && error.errorCode === ErrorCode.UNSUPPORTED_VERSION,
            `version ${version}`,
          );
        } else {
          write();
          assert.equal(writer.toBuffer().toString("hex"), bytes, `version ${version}`);
        }
      }
    });
  }
});

describe("tables taken from Apache Kafka's own classes", () => {
  it("agree on every error's code and on what a client does about it", () => {
    const golden = rows("errors.tsv").map(([code, name, retriable, refreshesMetadata]) => ({
      code: Number(code),
      name,
      retriable: retriable === "true",
      refreshesMetadata: refreshesMetadata === "true",
    }));
    const ours = Object.values(ErrorCode).map((code) => {
      const { name, retriable, refreshesMetadata } = errorInfo(code);
      return { code, name, retriable, refreshesMetadata };
    });
    assert.deepEqual(ours, golden);
  });

  it("agree on every API's versions", () => {
    const golden = new Map(rows("api-keys.tsv").map((row) => [Number(row[0]), row]));
    for (const { key, minVersion, maxVersion } of apiTable) {
      const [, , oldest, latest] = golden.get(key)!;
      assert.deepEqual([minVersion, maxVersion], [Number(oldest), Number(latest)], apiInfo(key)!.name);
    }
    assert.equal(apiTable.length, 74);
  });

  it("agree on the header version of every API in every version", () => {
    for (const [key, , oldest, , ...headers] of rows("api-keys.tsv")) {
      if (apiInfo(Number(key)) === undefined) continue;
      for (const [i, pair] of headers.entries()) {
        const version = Number(oldest) + i;
        assert.equal(
          `${requestHeaderVersion(Number(key), version)}/${responseHeaderVersion(Number(key), version)}`,
          pair,
          `key ${key} version ${version}`,
        );
      }
    }
    assert.equal(responseHeaderVersion(ApiKey.ApiVersions, 4), 0);
  });
});
