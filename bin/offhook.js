#!/usr/bin/env node
import { existsSync } from "node:fs";
import { setSourceMapsEnabled } from "node:process";
import { fileURLToPath } from "node:url";
import { isMainThread } from "node:worker_threads";

// A checkout runs its sources; the published package holds none and runs what was built from them.
const sources = new URL("../src/", import.meta.url);
const isCheckout = existsSync(sources);
const modules = new URL(isCheckout ? "../.build/" : "../dist/", import.meta.url);
if (isCheckout) setSourceMapsEnabled(true);

if (isMainThread) {
  if (isCheckout) {
    const { compile } = await import("./compile.js");
    await compile(fileURLToPath(sources), fileURLToPath(modules));
  }
  const { main } = await import(new URL("cli/main.js", modules).href);
  await main();
} else {
  // A thread of `offhook run`: see src/cli/run-workers.ts.
  await import(new URL("cli/run-worker.js", modules).href);
}
