import type { OddRequest } from "./odd-requests.ts";
import { offsetRequests } from "./offset-requests.ts";

export const oddRequests: readonly OddRequest[] = [...offsetRequests];
