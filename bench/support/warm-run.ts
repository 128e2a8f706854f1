import type { Usage } from "./usage.ts";
import { Worker } from "./worker.ts";

/**
 * Lets a worker do `first` units of work and then `total` more, of which it tells after each: the latter are the usage.
 * @param between what is to be done before it goes on.
 */
export async function warmRun(
  name: string,
  args: readonly (string | number)[],
  first: number,
  between: () => Promise<unknown> = () => Promise.resolve(),
): Promise<Usage> {
  const worker = await Worker.start(name, [...args, first]);
  try {
    const { cpuMicros } = await worker.next<Usage>();
    await between();
    return { ...(await worker.ask<Usage>("go on")), firstMicros: cpuMicros / first };
  } finally {
    await worker.end();
  }
}
