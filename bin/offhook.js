#!/usr/bin/env node
import { existsSync } from "node:fs";

// A checkout runs its sources; the published package holds none and runs what was built from them.
const source = new URL("../src/cli/main.ts", import.meta.url);
if (existsSync(source)) {
  const { register } = await import("tsx/esm/api");
  register();
  const { main } = await import(source.href);
  await main();
} else {
  const { main } = await import("../dist/cli/main.js");
  await main();
}
