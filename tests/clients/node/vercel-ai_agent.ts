import { generateText, stepCountIs } from "ai";
import { MockLanguageModelV3 } from "ai/test";

import type { Outcome, Steps } from "./runner.ts";

const USAGE = {
  inputTokens: { total: 1, noCache: 1, cacheRead: 0, cacheWrite: 0 },
  outputTokens: { total: 1, text: 1, reasoning: 0 },
};

/** A run of the AI SDK: its model calls one tool, and then repeats what the tool said. */
export async function run(client: any, steps: Steps, query: string): Promise<Outcome> {
  const gateway = await client.gatewayClient();
  const tools = query ? await client.findTools(gateway, query) : await gateway.tools();
  const outcomes: string[] = [];
  for (const [toolName, text] of steps) {
    const model = new MockLanguageModelV3({
      doGenerate: async ({ prompt }: any) => {
        const last = prompt.at(-1);
        const head = { usage: USAGE, warnings: [] };
        if (last.role !== "tool") {
          const call = { type: "tool-call" as const, toolCallId: "1", toolName, input: JSON.stringify({ text }) };
          return { ...head, finishReason: { unified: "tool-calls" as const, raw: undefined }, content: [call] };
        }
        const output = last.content[0].output;
        const said = output.type.startsWith("error") ? `error: ${output.value}` : heard(output.value);
        return {
          ...head,
          finishReason: { unified: "stop" as const, raw: undefined },
          content: [{ type: "text" as const, text: said }],
        };
      },
    });
    const result = await generateText({ model, tools, prompt: "Call it.", stopWhen: stepCountIs(2) });
    outcomes.push(result.text);
  }
  await gateway.close();
  return { names: Object.keys(tools), outcomes };
}

/** The text of a tool's result, in whichever form the AI SDK hands it to a model. */
function heard(value: any): string {
  const blocks = Array.isArray(value) ? value : value.content;
  return blocks.map((block: { text?: string }) => block.text ?? "").join("");
}
