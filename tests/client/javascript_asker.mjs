// Stands between the tests and the JavaScript client: one JSON document a line in, one a line out.
import { createInterface } from "node:readline";
import { HubClient, HubError, canonical, loads } from "../../client/javascript/index.js";

let hub;

const steps = {
  open: async ({ options, now }) => {
    hub = await HubClient.open({ ...options, ...(now && { clock: () => now }) });
    return null;
  },
  ask: async ({ agreement, method, wire }) => told(await hub[method](agreement, wire)),
  wait: async ({ agreement, method, wire, seconds }) => {
    const first = await hub[method](agreement, wire);
    return { first: first.status, ...told(await hub.wait(first, { seconds, every: 0 })) };
  },
  follow: async ({ agreement, wire }) => {
    const pages = [];
    for await (const page of hub.follow(agreement, wire)) pages.push(page.body);
    return pages;
  },
  canonical: ({ text }) => canonical(JSON.parse(text)),
  loads: ({ base64 }) => canonical(loads(Buffer.from(base64, "base64"))),
};

function told({ status, body, receipt }) {
  return { status, body, receipt };
}

for await (const line of createInterface({ input: process.stdin })) {
  const step = JSON.parse(line);
  try {
    console.log(JSON.stringify({ ok: await steps[step.do](step) }));
  } catch (error) {
    const { name, code, status, problem, receipt } = error;
    console.log(JSON.stringify({ error: { name, message: String(error.stack), code, status, problem, receipt, ours: error instanceof HubError } }));
  }
}
