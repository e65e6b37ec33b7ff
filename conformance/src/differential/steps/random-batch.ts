import { RecordBatchBuilder } from "@ottla/protocol/records";
import type { ScriptContext } from "../script-context.ts";

/** A batch of a few records; its times are the script's own. `producer` marks it. */
export function randomBatch(
  context: ScriptContext,
  producer?: { readonly id: number; readonly epoch: number; readonly sequence: number; readonly isTransactional: boolean },
): { readonly records: Buffer; readonly count: number } {
  const { model, random } = context;
  const count = 1 + random.nextInt(random.chance(0.1) ? 20 : 4);
  const builder = new RecordBatchBuilder({ limitBytes: 1_000_000, isTransactional: producer?.isTransactional ?? false });
  for (let i = 0; i < count; i++) {
    model.clock += random.nextInt(1000) - 100;
    const key = random.chance(0.7) ? Buffer.from(`key-${random.nextInt(5)}`) : null;
    const value = random.chance(0.9) ? random.bytes(random.nextInt(random.chance(0.1) ? 600 : 40)) : null;
    const headers = random.chance(0.1) ? [{ key: "h", value: random.chance(0.5) ? random.bytes(3) : null }] : [];
    builder.append(key, value, headers, model.clock);
  }
  if (producer !== undefined) builder.setProducerState(producer.id, producer.epoch, producer.sequence);
  const records = Buffer.from(builder.close(random.chance(0.15) ? "gzip" : "none"));
  return { records, count };
}

/** The batch with something wrong: cut, a flipped bit, an old magic, a control bit, another count. */
export function spoiled(context: ScriptContext, records: Buffer): Buffer {
  const { random } = context;
  const copy = Buffer.from(records);
  switch (random.nextInt(6)) {
    case 0:
      return Buffer.alloc(0);
    case 1:
      return copy.subarray(0, copy.length - 1);
    case 2:
      copy[copy.length - 1] = copy[copy.length - 1]! ^ 1;
      return copy;
    case 3:
      copy[16] = 1;
      return copy;
    case 4:
      copy[22] = copy[22]! | 0x20;
      return copy;
    default:
      return Buffer.concat([copy, copy]);
  }
}
