// Generated from packages/protocol/spec/data/control-record-type-schema.json by `npm run gen`. Do not edit.

import type { ByteReader, ByteWriter } from "@ottla/base";
import type { DataMessage } from "../../api.ts";

export interface ControlRecordTypeSchema {
  readonly type: number;
}

export function makeControlRecordTypeSchema(init: Partial<ControlRecordTypeSchema> = {}): ControlRecordTypeSchema {
  return {
    type: init.type ?? 0,
  };
}

function readControlRecordTypeSchema(reader: ByteReader, _version: number): ControlRecordTypeSchema {
  const type = reader.int16();
  return { type };
}

function writeControlRecordTypeSchema(writer: ByteWriter, message: ControlRecordTypeSchema, _version: number): void {
  writer.int16(message.type);
}

/** ControlRecordTypeSchema: versions 0. */
export const controlRecordTypeSchema: DataMessage<ControlRecordTypeSchema> = {
  name: "ControlRecordTypeSchema",
  recordType: undefined,
  minVersion: 0,
  maxVersion: 0,
  firstFlexibleVersion: Number.POSITIVE_INFINITY,
  read: readControlRecordTypeSchema,
  write: writeControlRecordTypeSchema,
};
