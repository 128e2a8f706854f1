/** Octets that are in use after collection: the heap and what buffers hold outside of it. Needs `--expose-gc`. */
export function memoryNow(): number {
  const { gc } = globalThis;
  if (!gc) throw new Error("run with --expose-gc");
  // Twice: what the first run finalizes, the second frees.
  gc();
  gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
