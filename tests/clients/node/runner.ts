/**
 * Uses a client as an agent's author would, and prints what came of it as one line of JSON.
 *
 * Arguments: the framework, and a task as JSON: `steps` are [tool, text] to be called one after the other within one run
 * of the agent, `query` searches for tools first.
 */

export type Steps = [string, string][];
export interface Outcome {
  names: string[];
  outcomes: string[];
}

const [framework, task] = process.argv.slice(2);
const { steps, query } = JSON.parse(task) as { steps: Steps; query: string };
const client = await import(process.env.CLIENT as string);
const agent = (await import(`./${framework}_agent.ts`)) as {
  run: (client: unknown, steps: Steps, query: string) => Promise<Outcome>;
};
console.log(JSON.stringify(await agent.run(client, steps, query)));
