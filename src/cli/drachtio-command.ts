import type { Argv, CommandModule, Options } from "yargs";
import { UsageError } from "../core/errors.ts";
import { randomIds } from "../core/ids.ts";
import { systemClock } from "../core/system-clock.ts";
import { openDrachtioFront } from "../drachtio/index.ts";
import { formatAddress } from "../sip/transport/address.ts";
import { parseListen } from "./callmanager-command.ts";
import { withTwins } from "./environment-twins.ts";
import { LOG_LEVELS, openLog, type LogLevel } from "./log.ts";
import { untilStopped } from "./signals.ts";
import type { Terminal } from "./terminal.ts";

/** What drachtio-server has in the configuration it comes with. */
export const DRACHTIO_DEFAULTS = { port: 9022, secret: "cymru" } as const;

export const DRACHTIO_OPTIONS = {
  listen: {
    type: "string",
    array: true,
    default: ["udp:127.0.0.1:5060", "tcp:127.0.0.1:5060"],
    describe: "transport, address and port for SIP; repeatable",
  },
  host: { type: "string", default: "127.0.0.1", describe: "address on which applications connect" },
  port: { type: "number", default: DRACHTIO_DEFAULTS.port, describe: "port on which applications connect" },
  secret: { type: "string", default: DRACHTIO_DEFAULTS.secret, describe: "what applications authenticate with" },
  "log-level": { choices: LOG_LEVELS, default: "warn", describe: "log on stderr from this level on" },
} as const satisfies Record<string, Options>;

interface DrachtioArguments {
  readonly listen: readonly string[];
  readonly host: string;
  readonly port: number;
  readonly secret: string;
  readonly logLevel: LogLevel;
}

async function serve({ listen, host, port, secret, logLevel }: DrachtioArguments, terminal: Terminal): Promise<number> {
  const addresses = listen.map(parseListen);
  if (addresses.some(({ protocol }) => protocol === "tls")) {
    throw new UsageError("offhook drachtio has no certificate to listen with TLS. Use udp or tcp with --listen.", {
      code: "ERR_USAGE",
      details: { listen },
    });
  }
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new UsageError(`--port ${port} is no port.`, { code: "ERR_USAGE", details: { port } });
  }
  const log = openLog(logLevel);
  const front = await openDrachtioFront({ clock: systemClock, ids: randomIds(), log, host, port });
  try {
    const options = { listen: addresses, secret, contacts: "rewritten", log, addressOption: "--listen" } as const;
    const endpoint = await front.openEndpoint(options);
    const { host: told, port: bound } = endpoint.connectOptions;
    const sip = endpoint.addresses.map(formatAddress).join(", ");
    // Before anything is said: who reads "listening" may send the signal at once.
    const stopped = untilStopped();
    terminal.out(`listening on ${sip} for SIP, on ${told}:${bound} for applications; Ctrl-C ends it\n`);
    await stopped;
  } finally {
    await front.close();
  }
  terminal.out("closed\n");
  return 0;
}

/** `offhook drachtio`: the engine as a stand-in for a drachtio-server, for applications written with drachtio-srf. */
export function drachtioCommand(
  terminal: Terminal,
  finish: (exitCode: number) => void,
): CommandModule<object, DrachtioArguments> {
  return {
    command: "drachtio",
    describe: "stand in for a drachtio-server, until Ctrl-C",
    builder: (yargs) => yargs.options(withTwins(DRACHTIO_OPTIONS, terminal.env)) as unknown as Argv<DrachtioArguments>,
    handler: async (args) => {
      finish(await serve(args, terminal));
    },
  };
}
