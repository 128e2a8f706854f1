interface Compiler {
  readonly compile: (from: string, to: string, entryPoints?: readonly string[]) => Promise<void>;
}

/** What a checkout compiles its sources by; see bin/compile.js. */
export async function loadCompiler(): Promise<Compiler["compile"]> {
  const { href } = new URL("../../bin/compile.js", import.meta.url);
  return ((await import(href)) as Compiler).compile;
}
