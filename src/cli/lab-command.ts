import { resolve } from "node:path";
import type { CommandModule } from "yargs";
import { counted } from "../core/text.ts";
import { auditLab, labSchema, loadLab } from "../inventory/index.ts";
import { EXIT } from "./exit.ts";
import { migrateLab } from "./migrate-lab.ts";
import { BUILT_IN_LAB } from "./package-facts.ts";
import type { Terminal } from "./terminal.ts";

/** Words that stand behind `offhook lab`. */
export const LAB_COMMANDS = ["check", "migrate", "schema"] as const;

interface CheckArguments {
  readonly file: string | undefined;
}

interface MigrateArguments extends CheckArguments {
  readonly json: boolean;
}

async function check(file: string, terminal: Terminal): Promise<number> {
  const lab = await loadLab(file, { env: terminal.env });
  const findings = auditLab(lab);
  for (const finding of findings) {
    const { place } = finding;
    const rule = finding.rule === undefined ? "" : ` (${finding.rule})`;
    terminal.out(`${place.file}:${place.line}:${place.column}: ${finding.severity}: ${finding.message}${rule}\n`);
  }
  const target = lab.target.embedded ? "the reference call manager" : `${lab.target.host}:${lab.target.port}`;
  const all = [counted(lab.devices.length, "device"), counted(lab.users.size, "user"), `target ${target}`].join(", ");
  terminal.out(`${file}: ${all}; ${counted(findings.length, "finding")}\n`);
  return findings.some((finding) => finding.severity === "warning") ? EXIT.failed : EXIT.ok;
}

/** `offhook lab check [FILE]`, `offhook lab migrate [FILE]` and `offhook lab schema`. */
export function labCommand(terminal: Terminal, finish: (exitCode: number) => void): CommandModule {
  const labFile = (file: string | undefined): string =>
    file === undefined ? BUILT_IN_LAB : resolve(terminal.cwd, file);
  return {
    command: "lab",
    describe: "check a lab file, plan its way out of a migration, or print the JSON Schema of lab files",
    builder: (yargs) =>
      yargs
        .command<CheckArguments>(
          "check [file]",
          "read a lab file and tell everything that is wrong with it",
          (command) => command.positional("file", { type: "string", describe: "lab file; default: the built-in one" }),
          async ({ file }) => {
            finish(await check(labFile(file), terminal));
          },
        )
        .command<MigrateArguments>(
          "migrate [file]",
          "print the steps that lead devices kept from release 5.0 out of the negative zone",
          (command) =>
            command
              .positional("file", { type: "string", describe: "lab file; default: the built-in one" })
              .option("json", { type: "boolean", default: false, describe: "for programs" }),
          async ({ file, json }) => {
            finish(await migrateLab(labFile(file), json, terminal));
          },
        )
        .command("schema", "print the JSON Schema of lab files, for an editor to complete from", {}, () => {
          terminal.out(`${JSON.stringify(labSchema(), undefined, 2)}\n`);
        })
        .demandCommand(1, "Say what to do: offhook lab check, offhook lab migrate or offhook lab schema."),
    handler: () => undefined,
  };
}
