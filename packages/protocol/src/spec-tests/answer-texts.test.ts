// The texts that answers carry for people. Kafka sends none as null, where its generated class would have ""; clients take "" for an error.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ByteReader, ByteWriter } from "@ottla/base";
import { shortened } from "../codec/strings.ts";
import { loadSubjects, type SpecField, type Subject, type Values } from "./spec-files.ts";
import { defaultValue } from "./spec-values.ts";

type Factories = Readonly<Record<string, (init?: Values) => Values>>;

/** Every struct of every answer, the answer itself included, with its factory. */
async function answerStructs(): Promise<
  { subject: Subject; name: string; fields: readonly SpecField[]; make: (init?: Values) => Values }[]
> {
  const subjects = (await loadSubjects()).filter(({ file, name }) => file.startsWith("apis/") && name.endsWith("Response"));
  const found = await Promise.all(
    subjects.map(async (subject) => {
      const factories = (await import(`../generated/${subject.file}.ts`)) as Factories;
      // Where a request has a struct of the same name, the answer's is called after both.
      const factoryOf = (name: string) =>
        factories[`make${name}`] ?? factories[`make${subject.name.replace(/Response$/, "")}Response${name}`];
      return [[subject.name, subject.fields] as const, ...subject.structs].map(([name, fields]) => ({
        subject,
        name,
        fields,
        make: factoryOf(name)!,
      }));
    }),
  );
  return found.flat();
}

const isText = ({ name, type, nullable }: SpecField) => name === "errorMessage" && type === "string" && nullable !== undefined;

test("an answer's text that nobody gives is null; everything else has the default of Java's class", async () => {
  let texts = 0;
  for (const { subject, name, fields, make } of await answerStructs()) {
    const made = make();
    for (const field of fields.filter((each) => each.name in made)) {
      if (isText(field)) texts++;
      const expected = isText(field) ? null : defaultValue(subject, field);
      // A struct held by value has the defaults of its own fields.
      if (subject.structs.has(field.type) && expected !== null) continue;
      assert.deepEqual(made[field.name], expected, `${subject.name}: ${name}.${field.name}`);
    }
  }
  assert.ok(texts > 20, `${texts} texts`);
});

test("a text longer than a string may be is cut in the middle in every answer and version, and the rest stays whole", async () => {
  const text = `${"a name ".repeat(20_000)}${"ž".repeat(20_000)} is not known.`;
  let written = 0;
  for (const { subject, name, fields, make } of await answerStructs()) {
    if (name !== subject.name || !fields.some(isText)) continue;
    for (let version = subject.minVersion; version <= subject.maxVersion; version++) {
      const writer = new ByteWriter();
      subject.write(writer, make({ errorMessage: text }), version);
      const { errorMessage } = subject.read(new ByteReader(Buffer.concat(writer.finish())), version);
      if (errorMessage === null || errorMessage === "") continue;
      assert.match(errorMessage as string, /^a name a name .*….*ž is not known\.$/);
      assert.equal((errorMessage as string).length, 2000);
      written++;
    }
  }
  assert.ok(written > 10, `${written} answers`);
});

test("a text is whole up to 2,000 characters, and cut from the next one on", () => {
  const whole = "ž".repeat(2000);
  assert.equal(shortened(whole), whole);
  assert.equal(shortened(`${whole}.`), `${"ž".repeat(1499)}…${"ž".repeat(499)}.`);
  assert.equal(shortened("😀".repeat(2000)).isWellFormed(), true, "no character is cut in two");
  assert.equal(shortened(null), null);
});
