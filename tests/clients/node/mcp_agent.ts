import type { Outcome, Steps } from "./runner.ts";

/** A program on the plain MCP SDK: it lists, then calls. */
export async function run(client: any, steps: Steps, query: string): Promise<Outcome> {
  const session = await client.gatewaySession();
  const tools = query ? await client.findTools(session, query) : await client.gatewayTools(session);
  const outcomes: string[] = [];
  for (const [name, text] of steps) {
    try {
      const request = { name, arguments: { text } };
      const result = await session.callTool(request, undefined, { timeout: client.ANSWER_TIMEOUT });
      outcomes.push(result.content[0].text);
    } catch (error) {
      outcomes.push(`error: ${(error as Error).message}`);
    }
  }
  await session.close();
  return { names: tools.map((tool: { name: string }) => tool.name), outcomes };
}
