import assert from "node:assert/strict";
import { test } from "node:test";
import { isPersonal } from "../../rules/field-names.ts";
import { schemaFactsOf } from "./schema-facts.ts";

const avro = (...fields: readonly object[]) => JSON.stringify({ type: "record", name: "Customer", namespace: "shop", fields });

test("a record's full name, and its fields that tell of persons, nested and tagged ones too", () => {
  assert.deepEqual(
    schemaFactsOf(
      undefined,
      avro(
        { name: "id", type: "string" },
        { name: "email", type: ["null", "string"] },
        { name: "code", type: "string", "confluent:tags": ["PII"] },
        { name: "tier", type: "string", "confluent:tags": ["PUBLIC"] },
        { name: "card", type: ["null", { type: "record", name: "Card", fields: [{ name: "card_number", type: "string" }] }] },
        { name: "all", type: { type: "array", items: { type: "record", name: "Kin", fields: [{ name: "dateOfBirth", type: "int" }] } } },
      ),
    ),
    { recordType: "shop.Customer", personalFields: ["card_number", "code", "dateOfBirth", "email"] },
  );
  const json = { properties: { iban: {}, address: { properties: { phone: {} } }, list: { items: { properties: { ssn: {} } } } } };
  assert.deepEqual(schemaFactsOf("JSON", JSON.stringify(json)), { recordType: undefined, personalFields: ["iban", "phone", "ssn"] });
});

test("what is no schema, or one of another type, has no facts", () => {
  const none = { recordType: undefined, personalFields: [] };
  for (const [type, text] of [
    ["AVRO", "{"],
    ["AVRO", '"string"'],
    ["AVRO", "null"],
    ["PROTOBUF", "message A { string email = 1; }"],
    [undefined, 7],
    ["AVRO", JSON.stringify(["null", "string"])],
    ["AVRO", `${'{"type":'.repeat(5000)}"int"${"}".repeat(5000)}`],
  ] as const)
    assert.deepEqual(schemaFactsOf(type, text), none);
});

test("names of fields that tell of persons, as people write them", () => {
  for (const name of [
    "email",
    "e_mail",
    "EmailAddress",
    "phone_number",
    "dob",
    "birth_date",
    "dateOfBirth",
    "SSN",
    "lastName",
    "credit-card-number",
    "ip_address",
  ])
    assert.ok(isPersonal(name), name);
  for (const name of ["id", "name", "emailed", "phonetic", "panel", "address_id", "status", "birthplace_count"])
    assert.ok(!isPersonal(name), name);
});
