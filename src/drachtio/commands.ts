import { BrokenCommand } from "./refusal.ts";

/** A SIP message that an application wants sent, and how it is to be understood. */
export interface SipCommand {
  readonly transactionId: string;
  readonly dialogId: string;
  /** Where to send the request instead of to its Request-URI; empty when not given. */
  readonly routeUri: string;
  /** The SIP message as the application wrote it: often without the headers that the front supplies. */
  readonly sip: Buffer;
}

export type Command =
  | { readonly type: "authenticate"; readonly id: string; readonly secret: string }
  | { readonly type: "ping"; readonly id: string }
  | { readonly type: "route" | "remove_route"; readonly id: string; readonly verb: string }
  | { readonly type: "proxy"; readonly id: string }
  | ({ readonly type: "sip"; readonly id: string } & SipCommand);

/** The meta line of a frame body cut at `|`, and what follows the line. */
export interface FrameContent {
  readonly fields: readonly string[];
  readonly sip: Buffer;
}

const CRLF = "\r\n";

/** Takes a frame body apart: `meta [CRLF sip]`. */
export function splitFrame(body: Buffer): FrameContent {
  const lineEnd = body.indexOf(CRLF);
  const meta = lineEnd < 0 ? body : body.subarray(0, lineEnd);
  return {
    fields: meta.toString("utf8").split("|"),
    sip: lineEnd < 0 ? Buffer.alloc(0) : body.subarray(lineEnd + CRLF.length),
  };
}

const UNWRITABLE = /[|\r\n]/g;

/** The meta line of a frame. A field can't hold `|` or a line break: the grammar has no way to escape them. */
export function writeMeta(fields: readonly string[]): string {
  let meta = "";
  for (const field of fields) meta += `|${field.replace(UNWRITABLE, "_")}`;
  return meta.slice(1);
}

/** The id that an answer to this body names, whether or not the command can be read. */
export function commandId({ fields }: FrameContent): string {
  return fields[0] ?? "";
}

/**
 * Reads what an application sent.
 * @throws {BrokenCommand} a type that nobody knows, or no type at all.
 */
export function readCommand(content: FrameContent): Command {
  const [id = "", type, first = "", second = "", third = ""] = content.fields;
  switch (type) {
    case undefined:
      throw new BrokenCommand("Invalid message format");
    case "authenticate":
      return { type, id, secret: first };
    case "ping":
    case "proxy":
      return { type, id };
    case "route":
    case "remove_route":
      return { type, id, verb: first };
    case "sip":
      return { type, id, transactionId: first, dialogId: second, routeUri: third, sip: content.sip };
    default:
      throw new BrokenCommand("Unknown message type");
  }
}
