#!/usr/bin/env node
import { existsSync } from "node:fs";
import { isMainThread } from "node:worker_threads";

// A checkout runs its sources; the published package holds none and runs what was built from them.
const source = new URL("../src/cli/", import.meta.url);
const fromSource = existsSync(source);
if (fromSource) {
  const { register } = await import("tsx/esm/api");
  register();
}
const program = (name) =>
  new URL(fromSource ? `${name}.ts` : `../dist/cli/${name}.js`, fromSource ? source : import.meta.url);

if (isMainThread) {
  const { main } = await import(program("main").href);
  await main();
} else {
  // A thread of `offhook run`: see src/cli/run-workers.ts.
  await import(program("run-worker").href);
}
