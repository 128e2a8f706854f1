import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Argv, CommandModule, Options } from "yargs";
import { UsageError } from "../core/errors.ts";
import { printable } from "../core/text.ts";
import {
  DIGEST_LABEL,
  digestLines,
  explainDigest,
  type DigestExplanation,
  type DigestQuestion,
} from "../diagnosis/index.ts";
import { wrapHanging } from "../reporters/index.ts";
import {
  decodeText,
  parseChallenge,
  parseCredentials,
  parseMessage,
  SipParseError,
  SipRequest,
  SipResponse,
  type DigestChallenge,
} from "../sip/message/index.ts";
import { twinOf, withTwins } from "./environment-twins.ts";
import { EXIT } from "./exit.ts";
import type { Terminal } from "./terminal.ts";

const PASSWORD_TWIN = twinOf("password");

export const DIGEST_OPTIONS = {
  authorization: { type: "string", describe: "value of an Authorization header, in place of a file" },
  method: { type: "string", default: "REGISTER", describe: "method of the request that carried it" },
  "request-uri": { type: "string", describe: "Request-URI of it, to compare with the uri of the digest" },
  challenge: { type: "string", describe: "value of the WWW-Authenticate header that it answers" },
  username: { type: "string", describe: "the clear name, where the credentials hash it" },
  json: { type: "boolean", default: false, describe: "as JSON" },
  unmask: { type: "boolean", default: false, describe: "show password and responses" },
} as const satisfies Record<string, Options>;

/** Apart from the others: as a default its twin would stand in the help. */
const PASSWORD_OPTION = {
  type: "string",
  describe: `stays in the shell's history: rather set ${PASSWORD_TWIN}, or wait to be asked`,
} as const satisfies Options;

interface DigestArguments {
  readonly file: string | undefined;
  readonly authorization: string | undefined;
  readonly method: string;
  readonly requestUri: string | undefined;
  readonly challenge: string | undefined;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly json: boolean;
  readonly unmask: boolean;
}

type Carried = Pick<DigestQuestion, "credentials" | "method" | "body" | "requestUri" | "challenge">;

function usage(message: string): UsageError {
  return new UsageError(message, { code: "ERR_USAGE" });
}

/** Where a message begins in a text that may hold several. */
const START_LINE = /^(?=[A-Z]{2,20} \S+ SIP\/2\.0\r?$|SIP\/2\.0 \d{3}\b)/m;

/** The messages of a text as people paste it: several, and with whatever line ends. */
function messagesIn(text: string): (SipRequest | SipResponse)[] {
  const lines = text.includes("\r\n") ? text : text.replaceAll("\n", "\r\n");
  return lines.split(START_LINE).flatMap((part) => {
    try {
      return part.trim() === "" ? [] : [parseMessage(Buffer.from(part, "latin1"))];
    } catch (error) {
      if (error instanceof SipParseError) return [];
      throw error;
    }
  });
}

function headerOf(request: SipRequest): string | undefined {
  return request.get("Authorization") ?? request.get("Proxy-Authorization");
}

/** The last request with credentials, and the challenge before it where the text has that too. */
function carriedIn(text: string, source: string): Carried {
  const messages = messagesIn(text);
  const index = messages.findLastIndex((one) => one instanceof SipRequest && headerOf(one) !== undefined);
  const request = messages[index];
  const value = request instanceof SipRequest ? headerOf(request) : undefined;
  if (!(request instanceof SipRequest) || value === undefined) {
    throw usage(`${source} has no SIP request with an Authorization header.`);
  }
  const challenges = messages
    .slice(0, index)
    .filter((one) => one instanceof SipResponse)
    .flatMap((one) => [...one.getAll("WWW-Authenticate"), ...one.getAll("Proxy-Authenticate")]);
  const { method, body, requestUri } = request;
  return {
    credentials: credentialsIn(value),
    method,
    body,
    requestUri,
    challenge: parseChallenge(challenges.at(-1) ?? ""),
  };
}

function credentialsIn(value: string): Carried["credentials"] {
  try {
    return parseCredentials(value.replace(/^(?:Proxy-)?Authorization[ \t]*:[ \t]*/i, ""));
  } catch (error) {
    if (error instanceof SipParseError) throw usage(`The Authorization header cannot be read: ${error.problem}.`);
    throw error;
  }
}

function challengeOf(value: string | undefined): DigestChallenge | undefined {
  if (value === undefined) return undefined;
  const challenge = parseChallenge(value.replace(/^(?:WWW|Proxy)-Authenticate[ \t]*:[ \t]*/i, ""));
  if (!challenge) throw usage("--challenge is no Digest challenge with realm and nonce.");
  return challenge;
}

/** A lone `-`, of which yargs makes an empty text. */
function isStandardInput(file: string): boolean {
  return file === "-" || file === "";
}

async function textOf(file: string, terminal: Terminal): Promise<string> {
  if (isStandardInput(file)) return (await terminal.readInput()).toString("latin1");
  try {
    return readFileSync(resolve(terminal.cwd, file), "latin1");
  } catch {
    throw new UsageError(`"${file}" cannot be read.`, { code: "ERR_NO_SUCH_FILE", details: { path: file } });
  }
}

async function carriedBy(args: DigestArguments, terminal: Terminal): Promise<Carried> {
  const { file, authorization, method, requestUri } = args;
  const challenge = challengeOf(args.challenge);
  if ((file === undefined) === (authorization === undefined)) {
    throw usage("Give a file with the request (- for standard input), or --authorization with the header's value.");
  }
  if (file !== undefined) {
    const carried = carriedIn(await textOf(file, terminal), isStandardInput(file) ? "Standard input" : `"${file}"`);
    return { ...carried, challenge: challenge ?? carried.challenge };
  }
  const credentials = credentialsIn(authorization ?? "");
  return { credentials, method: method.toUpperCase(), body: Buffer.alloc(0), requestUri, challenge };
}

/** From the command line with a warning, from the environment, or asked for. */
async function passwordOf({ password }: DigestArguments, user: string, terminal: Terminal): Promise<string> {
  if (password !== undefined) {
    terminal.err(
      `offhook: --password stays in the shell's history and shows in the list of processes; better set ${PASSWORD_TWIN}\n`,
    );
    return password;
  }
  const answer = terminal.env[PASSWORD_TWIN] ?? (await terminal.askSecret(`Password of ${user}: `));
  if (answer === undefined)
    throw usage(`No password was given: set ${PASSWORD_TWIN}, or type it where a terminal is there.`);
  return answer;
}

function digestText(explanation: DigestExplanation, columns: number): string {
  const lines = digestLines(explanation).flatMap((line) => wrapHanging(printable(line), columns, DIGEST_LABEL));
  return lines.map((line) => `${line}\n`).join("");
}

async function digest(args: DigestArguments, terminal: Terminal): Promise<number> {
  const carried = await carriedBy(args, terminal);
  const user = printable(decodeText(args.username ?? carried.credentials.username)).slice(0, 80);
  const password = await passwordOf(args, user, terminal);
  const { username, unmask } = args;
  const explanation = explainDigest({
    ...carried,
    password,
    unmasked: unmask,
    ...(username === undefined ? {} : { username }),
  });
  if (args.json) terminal.out(`${JSON.stringify(explanation, undefined, 2)}\n`);
  else terminal.out(digestText(explanation, terminal.columns));
  return explanation.fits ? EXIT.ok : EXIT.failed;
}

/** `offhook digest [file]`: whether a digest fits a password, and if not, which usual mistake it fits. */
export function digestCommand(
  terminal: Terminal,
  finish: (exitCode: number) => void,
): CommandModule<object, DigestArguments> {
  return {
    command: "digest [file]",
    describe: "look into the digest of a request: what it is computed from, and which mistake it fits",
    builder: (yargs) =>
      yargs
        .positional("file", {
          type: "string",
          describe: "the request, with the 401 before it if at hand; - reads standard input",
        })
        .options({
          ...withTwins(DIGEST_OPTIONS, terminal.env),
          password: PASSWORD_OPTION,
        }) as unknown as Argv<DigestArguments>,
    handler: async (args) => {
      finish(await digest(args, terminal));
    },
  };
}
