// For moving one by one: a service and its caller, each over our transport or over Nest's own: `beside-nests-own.ts HOST:PORT ours|nest ours|nest`.
import "reflect-metadata";
import { Controller, Module } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { ClientKafka, type ClientProxy, EventPattern, MessagePattern, Payload, RpcException, Transport } from "@nestjs/microservices";
import { createClient } from "@ottla/client";
import { catchError, concat, lastValueFrom, of, throwError, toArray } from "rxjs";
import { OttlaClientProxy } from "./ottla-client-proxy.ts";
import { OttlaServer } from "./ottla-server.ts";

const [bootstrapServers = "", service = "", caller = ""] = process.argv.slice(2);
const placed = Promise.withResolvers<string>();

@Controller()
class Orders {
  @EventPattern("orders.placed")
  onPlaced(@Payload() { item }: { readonly item: string }): void {
    placed.resolve(item);
  }

  @MessagePattern("orders.price")
  price(@Payload() { item }: { readonly item: string }): { readonly price: number } {
    if (item === "gold") throw new RpcException("gold is not for sale");
    return { price: item.length };
  }

  @MessagePattern("orders.count")
  count(): unknown {
    return of("3", "2", "1");
  }

  @MessagePattern("orders.break")
  break(): unknown {
    return concat(
      of("1"),
      throwError(() => new RpcException("broken")),
    );
  }
}

@Module({ controllers: [Orders] })
class AppModule {}

// Two partitions of every topic of answers: an answer in the wrong one reaches nobody.
const topics = createClient({ bootstrapServers });
const names = [
  "orders.placed",
  "orders.price",
  "orders.count",
  "orders.break",
  "orders.price.reply",
  "orders.count.reply",
  "orders.break.reply",
  "orders.replies",
];
await topics.admin().createTopics(names.map((name) => ({ name, partitionCount: name.endsWith(".reply") ? 2 : 1 })));
await topics.close();

const client = { brokers: [bootstrapServers], retry: { retries: 3 } };
const app = await NestFactory.createMicroservice(AppModule, {
  ...(service === "ours"
    ? { strategy: new OttlaServer({ bootstrapServers, groupId: "orders" }) }
    : { transport: Transport.KAFKA, options: { client, consumer: { groupId: "orders" }, subscribe: { fromBeginning: true } } }),
  logger: false,
});
await app.listen();

const proxy = caller === "ours" ? new OttlaClientProxy({ bootstrapServers, replyTopic: "orders.replies" }) : nestClient();
await proxy.connect();
console.log("priced", await lastValueFrom(proxy.send("orders.price", { item: "milk" })));
console.log("counted", (await lastValueFrom(proxy.send("orders.count", {}).pipe(toArray()))).join(", "));
console.log("refused", await lastValueFrom(proxy.send("orders.price", { item: "gold" })).catch(wordsOf));
console.log(
  "broke",
  (
    await lastValueFrom(
      proxy.send("orders.break", {}).pipe(
        catchError((error: unknown) => of(wordsOf(error))),
        toArray(),
      ),
    )
  ).join(", "),
);
await lastValueFrom(proxy.emit("orders.placed", { item: "tea" }));
console.log("placed", await placed.promise);
await proxy.close();
await app.close();

function nestClient(): ClientProxy {
  const kafka = new ClientKafka({ client, consumer: { groupId: "callers" } });
  for (const pattern of ["orders.price", "orders.count", "orders.break"]) kafka.subscribeToResponseOf(pattern);
  return kafka;
}

/** Nest's own transport hands over what stood in the header, which is text. */
function wordsOf(error: unknown): string {
  const read = (typeof error === "string" && error.startsWith("{") ? JSON.parse(error) : error) as { readonly message?: string } | string;
  return typeof read === "string" ? read : (read.message ?? "");
}
