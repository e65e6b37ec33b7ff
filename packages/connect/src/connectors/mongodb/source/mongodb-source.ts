import { ConnectError } from "../../../connect-error.ts";
import { defineSource } from "../../../plugin/define.ts";
import type { CheckFinding } from "../../../plugin/plugin-context.ts";
import type { SourcePlugin } from "../../../plugin/source-plugin.ts";
import { mongodbSourceConfig } from "../mongodb-config.ts";
import { helloOf, mongodbError, openMongodb } from "../mongodb-session.ts";
import { ChangeReading, checkReading } from "./change-reading.ts";
import { placeOf } from "./change-place.ts";

/**
 * Changes of collections, by change streams. A change's offset is its own id, behind which a replica set goes on, so that with transactions of the worker's nothing comes twice and nothing is lost; while what is there is
 * copied, the offset is the last document, in the order of their ids, and what changes meanwhile comes behind the copy.
 */
export const mongodbSource: SourcePlugin<typeof mongodbSourceConfig> = defineSource({
  name: "mongodb-source",
  aliases: ["com.mongodb.kafka.connect.MongoSourceConnector"],
  version: "0.1.0",
  doc: "Reads changes of MongoDB's collections (experimental: tried on another server that speaks its protocol).",
  config: mongodbSourceConfig,
  exactlyOnce: true,
  async check(settings): Promise<readonly CheckFinding[]> {
    checkReading(settings);
    try {
      const client = await openMongodb(settings);
      try {
        const { setName, msg } = await helloOf(client);
        return setName === undefined && msg !== "isdbgrid"
          ? [
              {
                severity: "warning",
                key: "connection.uri",
                message: "The server is neither of a replica set nor a router of shards, and MongoDB tells changes there alone.",
              },
            ]
          : [];
      } finally {
        await client.close();
      }
    } catch (error) {
      return [{ severity: "error", key: "connection.uri", message: mongodbError(error, settings, "CONNECT_SOURCE").message }];
    }
  },
  split: async () => [{}],
  async *read(settings, context) {
    checkReading(settings);
    yield* new ChangeReading(settings, context).read();
  },
  async checkOffsets(_settings, offsets) {
    for (const { partition, offset } of offsets) {
      if (typeof partition["ns"] !== "string")
        throw new ConnectError("CONNECT_CONFIG", 'A partition of a MongoDB source is {"ns": "mongodb://host:27017/database.collection"}.');
      if (offset !== null) placeOf(offset);
    }
  },
});
