import type { JavaTool } from "../kafka/java-tool.ts";

/** One call of one of Kafka's tools, without the address of the cluster. */
export interface ToolStep {
  readonly tool: JavaTool;
  readonly args: readonly string[];
}
