import { ErrorCode, type ErrorName, KafkaError } from "@ottla/protocol";
import { ClientError } from "../client-error.ts";
import { TransactionErrors } from "../producer/transactions/transaction-errors.ts";
import { TransactionMachine } from "../producer/transactions/transaction-machine.ts";
import type { OffsetsToSend, TransactionRequest } from "../producer/transactions/transaction-request.ts";

/**
 * Plays a story of a transactional producer. Lines that begin with `>` are what happens, all others are what comes of it and are written anew: the state, and what
 * is to be said to a coordinator next.
 *
 * What can happen: `init`, `begin`, `record t-0` (a batch is begun), `offsets g t-0=5` (an earlier commit of offsets waits), `commit`, `heard`, `abort`, `flushed`, `failed CODE` (a record,
 * never sent), `failed-sent CODE`, `failed-lost` (its fate is unknown); `cluster 2` (transaction.version of the coordinator), `cluster 0 old` (no bumps);
 * `answer CODE`, `answer 7/1` (who the producer is), `answer t-0=CODE t-1=CODE`, `lost` (no answer).
 */
export function playTransactionStory(text: string): string {
  const machine = new TransactionMachine(new TransactionErrors("tx", 60_000));
  machine.noteCoordinator({ transactionVersion: 2, canBumpEpoch: true });
  let asked: TransactionRequest | undefined;
  const lines: string[] = [];
  for (const line of text.trimEnd().split("\n")) {
    if (!line.startsWith(">")) {
      if (line.startsWith("#") || line === "") lines.push(line);
      continue;
    }
    const happened: string[] = [];
    try {
      const said = act(machine, line.slice(1).trim().split(" "), asked);
      if (said !== undefined) happened.push(`  ${said}`);
    } catch (error) {
      happened.push(`  refused, ${describe(error as Error)}`);
    }
    asked = machine.next();
    lines.push(line, ...happened, `  ${machine.describe()}`);
    if (asked) lines.push(`  → ${show(asked)}`);
  }
  return `${lines.join("\n")}\n`;
}

function act(
  machine: TransactionMachine,
  [verb = "", ...words]: readonly string[],
  asked: TransactionRequest | undefined,
): string | undefined {
  switch (verb) {
    case "init":
      machine.initialise();
      return undefined;
    case "begin":
      machine.begin();
      return undefined;
    case "record": {
      machine.checkOpen("begin first");
      const place = placeOf(words[0]!);
      machine.use(place.topic, place.partition);
      return machine.admits(place.topic, place.partition) ? "may be sent" : "must wait";
    }
    case "offsets":
      machine.addOffsets(offsetsOf(words));
      return undefined;
    case "commit":
      machine.commit();
      return undefined;
    case "heard":
      machine.commitHeard();
      return undefined;
    case "abort":
      machine.abort();
      return undefined;
    case "flushed":
      machine.flushed();
      return undefined;
    case "failed":
      return `told: ${describe(machine.recordFailed(new KafkaError(codeOf(words[0]!)), false))}`;
    case "failed-sent":
      return `told: ${describe(machine.recordFailed(new KafkaError(codeOf(words[0]!)), true))}`;
    case "failed-lost":
      return `told: ${describe(machine.recordFailed(new ClientError("DELIVERY_TIMEOUT", "late", { possiblyWritten: true }), true))}`;
    case "cluster":
      machine.noteCoordinator({ transactionVersion: Number(words[0]), canBumpEpoch: words[1] !== "old" });
      return undefined;
    case "answer":
      return machine.answered(asked!, answerOf(words));
    case "lost":
      return machine.unanswered(asked!, new ClientError("CONNECTION_LOST", "gone"));
    default:
      throw new Error(`What is "${verb}"?`);
  }
}

function answerOf(words: readonly string[]): {
  errorCode: number;
  identity?: { producerId: number; producerEpoch: number };
  partitions?: [];
} {
  const partitions = words
    .filter((word) => word.includes("="))
    .map((word) => ({ ...placeOf(word.split("=")[0]!), errorCode: codeOf(word.split("=")[1]!) }));
  const who = words
    .find((word) => word.includes("/"))
    ?.split("/")
    .map(Number);
  const code = words.find((word) => /^[A-Z_]+$/.test(word));
  return {
    errorCode: code === undefined ? ErrorCode.NONE : codeOf(code),
    ...(who ? { identity: { producerId: who[0]!, producerEpoch: who[1]! } } : {}),
    ...(partitions.length > 0 ? { partitions: partitions as never } : {}),
  };
}

function offsetsOf([groupId = "", ...places]: readonly string[]): OffsetsToSend {
  const offsets = places.map((word) => ({ ...placeOf(word.split("=")[0]!), offset: Number(word.split("=")[1]) }));
  return { groupId, generationId: 3, memberId: "m", groupInstanceId: undefined, offsets };
}

function placeOf(word: string): { readonly topic: string; readonly partition: number } {
  const at = word.lastIndexOf("-");
  return { topic: word.slice(0, at), partition: Number(word.slice(at + 1)) };
}

function codeOf(name: string): number {
  const code = ErrorCode[name as ErrorName];
  if (code === undefined) throw new Error(`What is "${name}"?`);
  return code;
}

function describe(error: Error): string {
  if (!(error instanceof ClientError || error instanceof KafkaError)) return error.message;
  const flags = (["retriable", "abortable", "fatal", "possiblyWritten"] as const).filter((flag) => error[flag]);
  return [error.code, ...flags].join(", ");
}

function show(request: TransactionRequest): string {
  const who = request.identity === undefined ? "as nobody" : `as ${request.identity.producerId}/${request.identity.producerEpoch}`;
  const places = (list: readonly { readonly topic: string; readonly partition: number }[]) =>
    list.map((p) => `${p.topic}-${p.partition}`).join(" ");
  switch (request.kind) {
    case "InitProducerId":
      return `InitProducerId ${who}`;
    case "AddPartitionsToTxn":
      return `AddPartitionsToTxn ${places(request.partitions)} ${who}`;
    case "AddOffsetsToTxn":
      return `AddOffsetsToTxn ${request.groupId} ${who}`;
    case "TxnOffsetCommit":
      return `TxnOffsetCommit ${request.toSend.groupId}: ${request.toSend.offsets.map((o) => `${o.topic}-${o.partition}=${o.offset}`).join(" ")} ${who}`;
    case "EndTxn":
      return `EndTxn ${request.isCommit ? "commit" : "abort"} ${who}, version ${request.transactionVersion}`;
  }
}
