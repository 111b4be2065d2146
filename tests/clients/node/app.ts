/** An agent on AgentCore Runtime's own server: a request to it lists the gateway's tools. Argument: the port. */

import { BedrockAgentCoreApp } from "bedrock-agentcore/runtime";
import { z } from "zod";

const client = await import(process.env.CLIENT as string);
const app = new BedrockAgentCoreApp({
  invocationHandler: {
    requestSchema: z.object({}),
    process: async () => ({ names: await client.toolNames() }),
  },
});
app.run({ port: Number(process.argv[2]), host: "127.0.0.1" });
