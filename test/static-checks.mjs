// Type check and lint over one program: what the compiler found out about types while it checked them, the rules of the
// linter need not find out again, which is a third of the work of both. Says and refuses what `npm run typecheck` and
// `npm run lint` do.
import { fileURLToPath } from "node:url";
import { ESLint } from "eslint";
import ts from "typescript";

const ROOT = fileURLToPath(new URL("../", import.meta.url));

const { fileNames, options, errors } = ts.getParsedCommandLineOfConfigFile(`${ROOT}tsconfig.json`, undefined, {
  ...ts.sys,
  onUnRecoverableConfigFileDiagnostic: (diagnostic) => {
    throw new Error(ts.flattenDiagnosticMessageText(diagnostic.messageText, "\n"));
  },
});
const program = ts.createProgram({ rootNames: fileNames, options, configFileParsingDiagnostics: errors });
const diagnostics = ts.getPreEmitDiagnostics(program);
process.stdout.write(
  ts.formatDiagnostics(diagnostics, {
    getCurrentDirectory: () => ROOT,
    getCanonicalFileName: (file) => file,
    getNewLine: () => "\n",
  }),
);

const eslint = new ESLint({
  cwd: ROOT,
  overrideConfig: {
    files: ["**/*.ts"],
    languageOptions: { parserOptions: { projectService: false, programs: [program] } },
  },
});
const results = await eslint.lintFiles(["."]);
process.stdout.write(await (await eslint.loadFormatter("stylish")).format(results));

const isClean = results.every(({ errorCount, warningCount }) => errorCount + warningCount === 0);
process.exitCode = diagnostics.length === 0 && isClean ? 0 : 1;
