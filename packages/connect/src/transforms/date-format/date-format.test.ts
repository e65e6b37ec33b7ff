import assert from "node:assert/strict";
import { test } from "node:test";
import { datePattern } from "./date-pattern.ts";
import { formatDate } from "./format-date.ts";
import { parseDate } from "./parse-date.ts";

const NOW = Date.UTC(2026, 10, 27);
const format = (pattern: string, date: string | number): string => formatDate(datePattern("format", pattern), new Date(date));
const parse = (pattern: string, text: string): string => parseDate(datePattern("format", pattern), text, NOW).toISOString();

test("a pattern writes a time as Java's SimpleDateFormat does", () => {
  const at = "2024-02-05T15:04:09.007Z";
  assert.equal(format("yyyy-MM-dd'T'HH:mm:ss.SSSX", at), "2024-02-05T15:04:09.007Z");
  assert.equal(format("EEE, d MMM yy h:mm a z", at), "Mon, 5 Feb 24 3:04 PM UTC");
  assert.equal(format("EEEE MMMM D G u F k K Z 'o''clock'", at), "Monday February 36 AD 1 1 15 3 +0000 o'clock");
  assert.equal(format("yyyyy/M", at), "02024/2");
});

test("days before 15 October 1582 are the Julian calendar's", () => {
  assert.equal(format("yyyy-MM-dd G", Date.UTC(1582, 9, 15)), "1582-10-15 AD");
  assert.equal(format("yyyy-MM-dd G", Date.UTC(1582, 9, 14)), "1582-10-04 AD");
  assert.equal(format("yyyy-MM-dd G", new Date(0).setUTCFullYear(1, 0, 1)), "0001-01-03 AD");
  for (const text of ["1582-10-04", "1500-02-29", "0001-01-01", "1582-10-15"])
    assert.equal(format("yyyy-MM-dd", parse("yyyy-MM-dd", text)), text);
});

test("a text is read as far as it fits, days go on in the next month, and two digits are a year near today", () => {
  assert.equal(parse("yyyyMMddHHmm", "202402051504 and more"), "2024-02-05T15:04:00.000Z");
  assert.equal(parse("yyyy-MM-dd", "2024-01-32"), "2024-02-01T00:00:00.000Z");
  assert.equal(parse("dd/MM/yy", "05/02/24"), "2024-02-05T00:00:00.000Z");
  assert.equal(parse("dd/MM/yy", "05/02/60"), "1960-02-05T00:00:00.000Z");
  assert.equal(parse("d MMMM yyyy h a", "5 feb 2024 12 am"), "2024-02-05T00:00:00.000Z");
  assert.equal(parse("yyyy-MM-dd'T'HH:mmXXX", "2024-02-05T15:04-01:30"), "2024-02-05T16:34:00.000Z");
  assert.equal(parse("yyyy-MM-dd HH:mm Z", "2024-02-05 15:04 +0200"), "2024-02-05T13:04:00.000Z");
  for (const [pattern, text] of [
    ["yyyy-MM-dd", "today"],
    ["yyyyMMdd", "202402"],
    ["HH:mm z", "12:00 America/New_York"],
    ["yyyy", ""],
  ] as const)
    assert.throws(() => parse(pattern, text), { code: "CONNECT_DATA" }, text);
});
