import { fraudExample } from "./fraud-live.ts";
import { iotExample } from "./iot-live.ts";
import type { LiveExample } from "./live-example.ts";
import { ordersExample } from "./orders-live.ts";

export const examples: Readonly<Record<string, LiveExample>> = { fraud: fraudExample, orders: ordersExample, iot: iotExample };
