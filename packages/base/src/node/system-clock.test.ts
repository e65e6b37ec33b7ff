import { testClock } from "../contracts/clock-contract.ts";
import { systemClock } from "./system-clock.ts";

testClock("system clock", () => ({
  clock: systemClock,
  passUntil: async (isDone) => {
    while (!isDone()) await new Promise((resolve) => setTimeout(resolve, 1));
  },
}));
