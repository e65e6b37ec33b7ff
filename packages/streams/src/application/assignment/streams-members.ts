import { ByteReader, MalformedBytesError } from "@ottla/base";
import type { GroupDescription } from "@ottla/client";
import { consumerProtocolAssignment } from "@ottla/protocol/data/consumer-protocol-assignment";
import { consumerProtocolSubscription } from "@ottla/protocol/data/consumer-protocol-subscription";
import { decodeAssignedData, decodeMemberData } from "./member-data.ts";
import { taskName } from "../plan/task-id.ts";

/** How classic groups of streams applications are divided: by ours, and by Java's. */
export const STREAMS_PROTOCOLS: ReadonlyMap<string, "ottla" | "java"> = new Map([
  ["ottla-streams", "ottla"],
  ["stream", "java"],
]);

/** What a member says of itself and was told. */
export interface StreamsMemberTasks {
  readonly memberId: string;
  readonly clientId: string;
  readonly clientHost: string;
  /** Undefined where its bytes cannot be read: Java's, or those of a newer version. */
  readonly processId: string | undefined;
  /** Where it can be asked by HTTP. */
  readonly applicationServer: string | undefined;
  readonly partitions: readonly { readonly topic: string; readonly partition: number }[];
  /** Copies that it keeps, by task. */
  readonly standbys: readonly string[];
  /** Tasks whose state it had when the group was divided, with how many changelog records that is. */
  readonly held: readonly { readonly taskId: string; readonly offsetSum: number; readonly endSum: number | undefined }[];
}

/** Reads what members of a classic group with our assignor tell each other; of others only which partitions they have. */
export function readStreamsMembers(group: Pick<GroupDescription, "protocol" | "members">): StreamsMemberTasks[] {
  const isOurs = STREAMS_PROTOCOLS.get(group.protocol) === "ottla";
  return group.members.map((member) => {
    const { memberId, clientId, clientHost, assignment = [] } = member;
    const told = isOurs ? userDataOf(consumerProtocolSubscription, member.rawMetadata) : undefined;
    const given = isOurs ? userDataOf(consumerProtocolAssignment, member.rawAssignment) : undefined;
    const own = read(told, decodeMemberData);
    return {
      memberId,
      clientId,
      clientHost,
      processId: own?.processId,
      applicationServer: own?.applicationServer,
      partitions: assignment,
      standbys: (read(given, decodeAssignedData)?.standbys ?? []).map(taskName),
      held: (own?.held ?? []).map((task) => ({ taskId: taskName(task), offsetSum: task.offsetSum, endSum: task.endSum })),
    };
  });
}

type Message = typeof consumerProtocolSubscription | typeof consumerProtocolAssignment;

function userDataOf(message: Message, bytes: Buffer): Buffer | undefined {
  if (bytes.length === 0) return undefined;
  return read(bytes, (all) => {
    const reader = new ByteReader(all);
    const version = Math.min(reader.int16(), message.maxVersion);
    return message.read(reader, version).userData ?? undefined;
  });
}

/** What strangers wrote may be anything. */
function read<Value>(bytes: Buffer | undefined, decode: (bytes: Buffer) => Value): Value | undefined {
  if (bytes === undefined) return undefined;
  try {
    return decode(bytes);
  } catch (error) {
    if (error instanceof MalformedBytesError) return undefined;
    throw error;
  }
}
