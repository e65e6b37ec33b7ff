// A service and its caller over Kafka in one process: `app.ts HOST:PORT`.
import "reflect-metadata";
import { Controller, Module } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { Ctx, EventPattern, MessagePattern, Payload } from "@nestjs/microservices";
import { createClient } from "@ottla/client";
import { lastValueFrom } from "rxjs";
import { OttlaClientProxy } from "./ottla-client-proxy.ts";
import { type OttlaContext, OttlaServer } from "./ottla-server.ts";

const [bootstrapServers = "127.0.0.1:9092"] = process.argv.slice(2);
const placed = Promise.withResolvers<string>();

@Controller()
class Orders {
  @EventPattern("orders.placed")
  onPlaced(@Payload() order: { readonly item: string }, @Ctx() record: OttlaContext): void {
    placed.resolve(`${order.item} at offset ${record.offset}`);
  }

  @MessagePattern("orders.price")
  price(@Payload() { item }: { readonly item: string }): { readonly price: number } {
    if (item === "gold") throw new Error("gold is not for sale");
    return { price: item.length };
  }
}

@Module({ controllers: [Orders] })
class AppModule {}

const topics = createClient({ bootstrapServers });
await topics.admin().createTopics(["orders.placed", "orders.price"].map((name) => ({ name, partitionCount: 1 })));
await topics.close();

const app = await NestFactory.createMicroservice(AppModule, {
  strategy: new OttlaServer({ bootstrapServers, groupId: "orders" }),
  logger: false,
});
await app.listen();

const caller = new OttlaClientProxy({ bootstrapServers, replyTopic: "orders.replies" });
await caller.connect();
await lastValueFrom(caller.emit("orders.placed", { item: "tea" }));
console.log("placed", await placed.promise);
console.log("price", await lastValueFrom(caller.send("orders.price", { item: "milk" })));
console.log("refused", await lastValueFrom(caller.send("orders.price", { item: "gold" })).catch((error: unknown) => error));
await caller.close();
await app.close();
