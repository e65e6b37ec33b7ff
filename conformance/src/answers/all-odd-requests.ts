import { adminRequests } from "./admin-requests.ts";
import { consumerGroupRequests } from "./consumer-group-requests.ts";
import { handshakeRequests } from "./handshake-requests.ts";
import type { OddRequest } from "./odd-requests.ts";
import { offsetRequests } from "./offset-requests.ts";

export const oddRequests: readonly OddRequest[] = [...handshakeRequests, ...offsetRequests, ...adminRequests, ...consumerGroupRequests];
