import { resolve } from "node:path";
import type { Argv, CommandModule, Options } from "yargs";
import { startCallManager, type Decision } from "../callmanager/index.ts";
import { UsageError } from "../core/errors.ts";
import { randomIds } from "../core/ids.ts";
import { systemClock } from "../core/system-clock.ts";
import { loadLab } from "../inventory/index.ts";
import { formatAddress, type Address, type Protocol } from "../sip/transport/address.ts";
import { choosePolicies, loadPolicyFile } from "../selftest/index.ts";
import { withTwins } from "./environment-twins.ts";
import { LOG_LEVELS, openLog, type LogLevel } from "./log.ts";
import { BUILT_IN_LAB } from "./package-facts.ts";
import { untilStopped } from "./signals.ts";
import type { Terminal } from "./terminal.ts";

export const CALL_MANAGER_OPTIONS = {
  lab: { type: "string", describe: "lab file that provisions it; default: the built-in one" },
  listen: {
    type: "string",
    array: true,
    default: ["udp:127.0.0.1:5060", "tcp:127.0.0.1:5060"],
    describe: "transport (udp, tcp, tls), address and port to listen on; repeatable",
  },
  defect: { type: "string", describe: "with this defect of the catalogue, or of --policies" },
  variant: { type: "string", describe: "as this legal variant of the catalogue, or of --policies" },
  policies: { type: "string", describe: "script with defects, variants, or policies as its default export" },
  "log-level": { choices: LOG_LEVELS, default: "warn", describe: "log on stderr from this level on" },
} as const satisfies Record<string, Options>;

interface CallManagerArguments {
  readonly lab: string | undefined;
  readonly listen: readonly string[];
  readonly defect: string | undefined;
  readonly variant: string | undefined;
  readonly policies: string | undefined;
  readonly logLevel: LogLevel;
}

/** @throws {UsageError} ERR_USAGE unless the word is `udp:127.0.0.1:5060`, `tls:[::1]:5061` and the like. */
export function parseListen(word: string): Address {
  const match = /^(udp|tcp|tls):(\[[0-9A-Fa-f:.]+\]|[^:[\]]+):(\d{1,5})$/.exec(word);
  const port = Number(match?.[3]);
  if (!match?.[1] || match[2] === undefined || port > 65_535) {
    const message = `--listen "${word}" is no address. Write udp:127.0.0.1:5060, tcp:[::1]:5060 or tls:127.0.0.1:5061; port 0 lets the system pick.`;
    throw new UsageError(message, { code: "ERR_USAGE", details: { listen: word } });
  }
  return { protocol: match[1] as Protocol, host: match[2].replace(/^\[|\]$/g, ""), port };
}

function decisionLine(decision: Decision): string {
  const rules = decision.rules.join(" ") || "-";
  return `${decision.policy.padEnd(20)} ${decision.outcome.padEnd(10)} ${rules.padEnd(16)} ${decision.reason}\n`;
}

async function serve(args: CallManagerArguments, terminal: Terminal): Promise<number> {
  const lab = await loadLab(args.lab === undefined ? BUILT_IN_LAB : resolve(terminal.cwd, args.lab), {
    env: terminal.env,
  });
  const listen = args.listen.map(parseListen);
  const { defect, variant } = args;
  const file =
    args.policies === undefined ? undefined : await loadPolicyFile(resolve(terminal.cwd, args.policies), terminal.cwd);
  const { policies, description } = choosePolicies({ defect, variant, file });
  const callManager = await startCallManager({
    lab,
    listen,
    clock: systemClock,
    ids: randomIds(),
    log: openLog(args.logLevel),
    policies,
  });
  callManager.onDecision((decision) => {
    terminal.out(decisionLine(decision));
  });
  // Before anything is said: who reads "listening" may send the signal at once.
  const stopped = untilStopped();
  if (description !== undefined) terminal.out(`${description}\n`);
  terminal.out(`listening on ${callManager.addresses.map(formatAddress).join(", ")}; Ctrl-C ends it\n`);
  await stopped;
  await callManager.close();
  terminal.out("closed\n");
  return 0;
}

/** `offhook callmanager`: the reference call manager by itself, telling each decision with its rules. */
export function callManagerCommand(
  terminal: Terminal,
  finish: (exitCode: number) => void,
): CommandModule<object, CallManagerArguments> {
  return {
    command: "callmanager",
    describe: "run the reference call manager alone, until Ctrl-C",
    builder: (yargs) =>
      yargs.options(withTwins(CALL_MANAGER_OPTIONS, terminal.env)) as unknown as Argv<CallManagerArguments>,
    handler: async (args) => {
      finish(await serve(args, terminal));
    },
  };
}
