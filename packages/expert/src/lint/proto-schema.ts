/** A field of a message. */
export interface ProtoField {
  /** Names of the messages around it, joined by dots. */
  readonly record: string;
  readonly name: string;
  readonly line: number;
  readonly number: number;
  readonly type: string;
  readonly label: "required" | "optional" | "repeated" | undefined;
}

/** A value of an enum. */
export interface ProtoValue {
  readonly name: string;
  readonly line: number;
  readonly number: number;
}

/** A message or enum that the file defines. */
export interface ProtoType {
  readonly kind: "message" | "enum";
  readonly name: string;
  readonly line: number;
  readonly isOutermost: boolean;
  /** Whether a comment stands on the line before. */
  readonly isDescribed: boolean;
  /** What may not be used any more; both ends are within. */
  readonly reservedNumbers: readonly { readonly from: number; readonly to: number }[];
  readonly reservedNames: ReadonlySet<string>;
  /** Of a message. */
  readonly fields: readonly ProtoField[];
  /** Of an enum. */
  readonly values: readonly ProtoValue[];
  readonly allowsAliases: boolean;
}

/** What rules look at in a file of Protobuf. */
export interface ProtoSchema {
  readonly file: string;
  readonly syntax: "proto2" | "proto3" | "editions";
  readonly package: string | undefined;
  /** Whether it defines services: its messages are calls then, and no records. */
  readonly hasServices: boolean;
  readonly types: readonly ProtoType[];
}
