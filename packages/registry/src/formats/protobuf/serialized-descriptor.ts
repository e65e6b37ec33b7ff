import { create, createFileRegistry, type FileRegistry, fromBinary, toBinary } from "@bufbuild/protobuf";
import { type FileDescriptorProto, FileDescriptorProtoSchema, FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import { descriptorOfProto, hasCustomOptions } from "./descriptor-of-proto.ts";
import { type LinkedProto, UnknownImportError } from "./link-proto.ts";
import type { ProtoFile } from "./proto-file.ts";
import { protoOfDescriptor } from "./proto-of-descriptor.ts";
import { ProtoSyntaxError } from "./proto-syntax-error.ts";
import { TooManyDeclarations } from "./proto-tokens.ts";
import { wellKnownImport } from "./well-known-imports.ts";

type Imports = ReadonlyMap<string, LinkedProto>;

/** As long as a descriptor of the most declarations that are read. */
const MAX_SERIALIZED_LENGTH = 1 << 19;

/** A file from its `FileDescriptorProto` in base64. */
export function readSerialized(base64: string, imports: Imports): ProtoFile {
  if (base64.length > MAX_SERIALIZED_LENGTH) throw new TooManyDeclarations(-1);
  let descriptor: FileDescriptorProto;
  try {
    descriptor = fromBinary(FileDescriptorProtoSchema, Buffer.from(base64, "base64"));
  } catch (cause) {
    throw new ProtoSyntaxError(
      -1,
      `it is neither a .proto text nor a FileDescriptorProto in base64 (${cause instanceof Error ? cause.message : String(cause)})`,
    );
  }
  for (const [index, path] of descriptor.dependency.entries()) {
    const isThere = imports.has(path) || wellKnownImport(path) !== undefined || descriptor.weakDependency.includes(index);
    if (!isThere) throw new UnknownImportError(-1, path);
  }
  let registry: FileRegistry | undefined;
  return protoOfDescriptor(descriptor, () => {
    registry ??= registryOf(descriptor, imports);
    return registry;
  });
}

/** A linked file as a `FileDescriptorProto` in base64. */
export function writeSerialized(file: ProtoFile, imports: Imports): string {
  return Buffer.from(toBinary(FileDescriptorProtoSchema, wholeDescriptor(file, imports))).toString("base64");
}

/** A linked file, under the name `default.proto`, with all that it imports. */
export function fileRegistry(file: ProtoFile, imports: Imports): FileRegistry {
  const registry = registryOf(wholeDescriptor(file, imports), imports);
  if (registry === undefined) throw new ProtoSyntaxError(-1, "an import that it needs is not there");
  return registry;
}

function wholeDescriptor(file: ProtoFile, imports: Imports): FileDescriptorProto {
  let descriptor = descriptorOfProto(file, undefined);
  if (hasCustomOptions(file)) {
    const registry = registryOf(descriptor, imports);
    if (registry === undefined) throw new ProtoSyntaxError(-1, "an import that it needs for its options is not there");
    descriptor = descriptorOfProto(file, registry);
  }
  return descriptor;
}

/** What defines the options of a file: itself and all that it imports. Undefined where a weak import is not there. */
function registryOf(descriptor: FileDescriptorProto, imports: Imports): FileRegistry | undefined {
  const files = new Map<string, FileDescriptorProto>();
  const isWhole = (path: string): boolean => {
    if (files.has(path)) return true;
    const linked = imports.get(path) ?? wellKnownImport(path);
    if (linked === undefined || !linked.file.imports.every((each) => isWhole(each.path))) return false;
    const made = descriptorOfProto(linked.file, undefined);
    made.name = path;
    files.set(path, made);
    return true;
  };
  if (!descriptor.dependency.every(isWhole)) return undefined;
  try {
    return createFileRegistry(create(FileDescriptorSetSchema, { file: [...files.values(), descriptor] }));
  } catch (cause) {
    throw new ProtoSyntaxError(
      -1,
      `its descriptor contradicts itself: ${(cause instanceof Error ? cause.message : String(cause)).replace(/^: /, "")}`,
    );
  }
}
