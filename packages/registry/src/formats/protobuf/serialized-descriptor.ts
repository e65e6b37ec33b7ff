import { createFileRegistry, type FileRegistry, fromBinary, toBinary } from "@bufbuild/protobuf";
import { type FileDescriptorProto, FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import { descriptorOfProto, hasCustomOptions } from "./descriptor-of-proto.ts";
import type { LinkedProto } from "./link-proto.ts";
import type { ProtoFile } from "./proto-file.ts";
import { protoOfDescriptor } from "./proto-of-descriptor.ts";
import { ProtoSyntaxError } from "./proto-syntax-error.ts";
import { wellKnownImport } from "./well-known-imports.ts";

type Imports = ReadonlyMap<string, LinkedProto>;

/** A file from its `FileDescriptorProto` in base64. */
export function readSerialized(base64: string, imports: Imports): ProtoFile {
  let descriptor: FileDescriptorProto;
  try {
    descriptor = fromBinary(FileDescriptorProtoSchema, Buffer.from(base64, "base64"));
  } catch (cause) {
    throw new ProtoSyntaxError(-1, `it is neither a .proto text nor a FileDescriptorProto in base64 (${cause instanceof Error ? cause.message : String(cause)})`);
  }
  return protoOfDescriptor(descriptor, registryOf(descriptor, imports));
}

/** A linked file as a `FileDescriptorProto` in base64. */
export function writeSerialized(file: ProtoFile, imports: Imports): string {
  let descriptor = descriptorOfProto(file, undefined);
  if (hasCustomOptions(file)) descriptor = descriptorOfProto(file, registryOf(descriptor, imports));
  return Buffer.from(toBinary(FileDescriptorProtoSchema, descriptor)).toString("base64");
}

/** What defines the options of a file: itself and all that it imports. Undefined where an import is not there, which is told when names are looked up. */
function registryOf(descriptor: FileDescriptorProto, imports: Imports): FileRegistry | undefined {
  const descriptors = new Map<string, FileDescriptorProto>();
  const resolve = (path: string): FileDescriptorProto | undefined => {
    const known = descriptors.get(path);
    if (known !== undefined) return known;
    const linked = imports.get(path) ?? wellKnownImport(path);
    if (linked === undefined) return undefined;
    const made = descriptorOfProto(linked.file, undefined);
    made.name = path;
    descriptors.set(path, made);
    return made;
  };
  try {
    return createFileRegistry(descriptor, resolve);
  } catch {
    return undefined;
  }
}
