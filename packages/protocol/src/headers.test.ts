import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ByteReader, ByteWriter, InvariantError, MalformedBytesError } from "@ottla/base";
import { ApiKey, advertisedMinVersion, apiInfo, isVersionSupported } from "./api-keys.ts";
import { decodeResponse, encodeRequest, encodeResponse, peekCorrelationId } from "./frames.ts";
import { apiVersionsApi, makeApiVersionsRequest, makeApiVersionsResponse } from "./generated/apis/api-versions.ts";
import { fetchApi, makeFetchableTopicResponse, makeFetchResponse, makePartitionData } from "./generated/apis/fetch.ts";
import { makeMetadataRequest, makeMetadataResponse, metadataApi } from "./generated/apis/metadata.ts";
import { readRequestHeader, writeRequestHeader } from "./headers.ts";

const hex = (parts: readonly Buffer[]): string => Buffer.concat(parts).toString("hex");

describe("a request's header", () => {
  it("has the bytes of Kafka's guide, flexible or not, the client id always with two length bytes", () => {
    for (const [apiVersion, expected] of [
      [8, "00030008000000070002" + "6d65"],
      [9, "00030009000000070002" + "6d65" + "00"],
    ] as const) {
      const writer = new ByteWriter();
      const header = { apiKey: ApiKey.Metadata, apiVersion, correlationId: 7, clientId: "me" };
      writeRequestHeader(writer, header);
      const bytes = writer.toBuffer();
      assert.equal(bytes.toString("hex"), expected);
      const reader = new ByteReader(bytes);
      assert.deepEqual(readRequestHeader(reader), header);
      assert.equal(reader.remaining, 0);
    }
  });

  it("can be read of a version nobody serves, so that ApiVersions can be answered", () => {
    const reader = new ByteReader(Buffer.from("0012" + "7fff" + "00000001" + "ffff" + "00", "hex"));
    assert.deepEqual(readRequestHeader(reader), { apiKey: 18, apiVersion: 32767, correlationId: 1, clientId: null });
    assert.equal(reader.remaining, 0);
  });

  it("can be read of an unknown key and of a negative version", () => {
    assert.equal(readRequestHeader(new ByteReader(Buffer.from("7000" + "0000" + "00000001" + "ffff", "hex"))).apiKey, 0x7000);
    assert.equal(readRequestHeader(new ByteReader(Buffer.from("ffff" + "ffff" + "00000001" + "ffff", "hex"))).apiVersion, -1);
  });

  it("skips tagged fields and refuses what is cut off", () => {
    const reader = new ByteReader(Buffer.from("00030009" + "00000007" + "0000" + "01" + "05" + "01" + "aa", "hex"));
    assert.equal(readRequestHeader(reader).clientId, "");
    assert.equal(reader.remaining, 0);
    assert.throws(() => readRequestHeader(new ByteReader(Buffer.from("00030009000000", "hex"))), MalformedBytesError);
  });
});

describe("the table of APIs", () => {
  it("knows what is served and what is only advertised", () => {
    const produce = apiInfo(ApiKey.Produce)!;
    assert.equal(produce.minVersion, 3);
    assert.equal(advertisedMinVersion(produce), 0);
    assert.equal(isVersionSupported(produce, 0), false);
    assert.equal(isVersionSupported(produce, produce.maxVersion), true);
    assert.equal(isVersionSupported(produce, produce.maxVersion + 1), false);
    assert.equal(advertisedMinVersion(apiInfo(ApiKey.Fetch)!), 4);
    for (const unknown of [-1, 4, 95, 1.5, 32767]) assert.equal(apiInfo(unknown), undefined);
  });
});

describe("frames", () => {
  it("begin with their size", () => {
    assert.equal(
      hex(encodeRequest(apiVersionsApi, 0, 5, "me", makeApiVersionsRequest())),
      "0000000c" + "0012" + "0000" + "00000005" + "0002" + "6d65",
    );
    assert.equal(
      hex(encodeRequest(metadataApi, 12, 5, null, makeMetadataRequest({ topics: null }))),
      "0000000f" + "0003" + "000c" + "00000005" + "ffff" + "00" + "00" + "01" + "00" + "00",
    );
  });

  it("carry ApiVersions answers under header 0 in every version", () => {
    for (let version = 0; version <= apiVersionsApi.maxVersion; version++) {
      const frame = Buffer.concat(encodeResponse(apiVersionsApi, version, 9, makeApiVersionsResponse({ errorCode: 35 })));
      assert.equal(frame.toString("hex", 4, 10), "00000009" + "0023");
      assert.equal(decodeResponse(apiVersionsApi, version, frame.subarray(4)).errorCode, 35);
    }
  });

  it("hand records on without copying them", () => {
    const batch = Buffer.alloc(5000, 1);
    const partition = makePartitionData({ records: [batch] });
    const response = makeFetchResponse({ responses: [makeFetchableTopicResponse({ topic: "t", partitions: [partition] })] });
    const parts = encodeResponse(fetchApi, 11, 3, response);
    assert.ok(parts.includes(batch));
    const frame = Buffer.concat(parts).subarray(4);
    assert.equal(peekCorrelationId(frame), 3);
    assert.deepEqual(decodeResponse(fetchApi, 11, frame).responses[0]!.partitions[0]!.records, batch);
  });

  it("refuse a version the API lacks, and bytes left over", () => {
    assert.throws(() => encodeRequest(fetchApi, 3, 1, null, fetchApi.readRequest(new ByteReader(Buffer.alloc(64)), 4)), InvariantError);
    const frame = Buffer.concat(encodeResponse(metadataApi, 1, 9, makeMetadataResponse()));
    assert.throws(() => decodeResponse(metadataApi, 1, Buffer.concat([frame.subarray(4), Buffer.alloc(1)])), /1 bytes too many/);
  });
});
