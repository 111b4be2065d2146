import { Agent, Model, type ModelStreamEvent } from "@strands-agents/sdk";

import type { Outcome, Steps } from "./runner.ts";

/** A model that calls one tool, and then repeats what the tool said. */
class OneCall extends Model<{ modelId?: string }> {
  names: string[] = [];
  constructor(
    private readonly tool: string,
    private readonly text: string,
  ) {
    super();
  }
  updateConfig(): void {}
  getConfig(): { modelId?: string } {
    return { modelId: "stand-in" };
  }
  async *stream(messages: any[], options?: any): AsyncIterable<ModelStreamEvent> {
    this.names = (options?.toolSpecs ?? []).map((spec: { name: string }) => spec.name);
    const result = messages.at(-1).content.find((block: any) => block.type === "toolResultBlock");
    yield { type: "modelMessageStartEvent", role: "assistant" };
    if (result) {
      const said = result.content.map((block: any) => block.text ?? "").join("");
      yield { type: "modelContentBlockStartEvent" };
      yield {
        type: "modelContentBlockDeltaEvent",
        delta: { type: "textDelta", text: result.status === "error" ? `error: ${said}` : said },
      };
    } else {
      yield { type: "modelContentBlockStartEvent", start: { type: "toolUseStart", name: this.tool, toolUseId: "1" } };
      yield {
        type: "modelContentBlockDeltaEvent",
        delta: { type: "toolUseInputDelta", input: JSON.stringify({ text: this.text }) },
      };
    }
    yield { type: "modelContentBlockStopEvent" };
    yield { type: "modelMessageStopEvent", stopReason: result ? "endTurn" : "toolUse" };
  }
}

/** A Strands agent: each step is a run of the agent, in which its model calls the tool. */
export async function run(client: any, steps: Steps, query: string): Promise<Outcome> {
  const gateway = client.gatewayClient();
  const tools = query ? await client.findTools(gateway, query) : [gateway];
  const outcomes: string[] = [];
  let names: string[] = [];
  for (const [tool, text] of steps) {
    const model = new OneCall(tool, text);
    const agent = new Agent({ model, tools, printer: false });
    outcomes.push(String(await agent.invoke("Call it.")).trim());
    names = model.names;
  }
  await gateway.disconnect();
  return { names, outcomes };
}
