import assert from "node:assert/strict";
import { test } from "node:test";
import { Binary, BSONRegExp, Decimal128, Double, Int32, Long, ObjectId, Timestamp } from "bson";
import { jsonFormatter } from "./bson-json.ts";
import { offsetOf, placeOf } from "./change-place.ts";

const document = {
  id: new ObjectId("0123456789abcdef01234567"),
  int: new Int32(1),
  long: Long.fromString("9007199254740993"),
  double: new Double(2),
  nan: new Double(NaN),
  decimal: Decimal128.fromString("1.50"),
  at: new Date(1000),
  bytes: new Binary(Buffer.from([255])),
  pattern: new BSONRegExp("a", "i"),
  time: new Timestamp({ t: 1, i: 2 }),
  list: [null, true, 'a"'],
};

test("types that JSON lacks are written as the formatter has them", () => {
  assert.equal(
    jsonFormatter("com.mongodb.kafka.connect.source.json.formatter.DefaultJson")(document),
    '{"id":{"$oid":"0123456789abcdef01234567"},"int":1,"long":{"$numberLong":"9007199254740993"},"double":2.0,"nan":{"$numberDouble":"NaN"},' +
      '"decimal":{"$numberDecimal":"1.50"},"at":{"$date":1000},"bytes":{"$binary":"/w==","$type":"00"},"pattern":{"$regex":"a","$options":"i"},' +
      '"time":{"$timestamp":{"t":1,"i":2}},"list":[null,true,"a\\""]}',
  );
  assert.equal(
    jsonFormatter("SimplifiedJson")(document),
    '{"id":"0123456789abcdef01234567","int":1,"long":9007199254740993,"double":2.0,"nan":{"$numberDouble":"NaN"},"decimal":"1.50",' +
      '"at":"1970-01-01T00:00:01.000Z","bytes":"/w==","pattern":"/a/i","time":"4294967298","list":[null,true,"a\\""]}',
  );
  assert.equal(jsonFormatter("ExtendedJson")({ at: new Date(1000), int: new Int32(1) }), '{"at":{"$date":"1970-01-01T00:00:01Z"},"int":1}');
  assert.throws(() => jsonFormatter("Mine"), /there are DefaultJson, ExtendedJson and SimplifiedJson/);
});

test("a place is what its offset says, and no other offset is one", () => {
  const places = [
    { token: { _data: "82" } },
    { from: new Timestamp({ t: 5, i: 1 }) },
    { from: new Timestamp({ t: 5, i: 1 }), copied: { namespace: "a.b", id: new ObjectId("0123456789abcdef01234567") } },
    { from: new Timestamp({ t: 5, i: 1 }), copied: { namespace: "", id: null } },
  ];
  for (const place of places) {
    const offset = offsetOf(place);
    assert.deepEqual(offsetOf(placeOf(JSON.parse(JSON.stringify(offset)) as typeof offset)), offset);
  }
  for (const offset of [{}, { _id: "{" }, { _id: "5" }, { from: "5" }, { copy: "true", _id: '{"_data":"82"}' }])
    assert.throws(() => placeOf(offset), /An offset of a MongoDB source is/);
});
