import { UsageError } from "../core/errors.ts";
import { arrange, type Level } from "./layout.ts";
import type { Bandwidth, Connection, Description, MediaDescription, Origin, SessionDescription } from "./model.ts";
import { survivesAsNumber, writeAttribute, writeLine, writeMediaLine } from "./transform.ts";

/**
 * The session description as text, each line ended by CRLF, in the order it was read in (else that of RFC 8866 §9).
 * `writeSdp(parseSdp(x)) === x` for every well-formed `x` with CRLF.
 * @throws {UsageError} ERR_SDP_LINE_BREAK: a field holds CR, LF or NUL, which would make two lines of one.
 */
export function writeSdp(session: SessionDescription): string {
  const lines = [...writeSessionLevel(session), ...session.media.flatMap(writeMediaLevel)];
  const torn = lines.find((line) => /[\r\n\0]/.test(line));
  if (torn !== undefined) {
    throw new UsageError(`an SDP line can't hold CR, LF or NUL: ${JSON.stringify(torn)}`, {
      code: "ERR_SDP_LINE_BREAK",
    });
  }
  return lines.map((line) => `${line}\r\n`).join("");
}

function writeSessionLevel(session: SessionDescription): string[] {
  const lines = new Map([
    ["v", [`v=${session.version}`]],
    ["o", [originLine(session.origin)]],
    ["s", [writeLine("s", { name: session.name })]],
    ["t", session.times.map(timeLine)],
  ]);
  return writeLevel(lines, session, "session");
}

function writeMediaLevel(media: MediaDescription): string[] {
  return writeLevel(new Map([["m", [mediaLine(media)]]]), media, "media");
}

function writeLevel(lines: Map<string, string[]>, description: Description, level: Level): string[] {
  const add = (letter: string, line: string): void => {
    const present = lines.get(letter);
    if (present) present.push(line);
    else lines.set(letter, [line]);
  };
  if (description.connection) add("c", connectionLine(description.connection));
  for (const bandwidth of description.bandwidths) add("b", bandwidthLine(bandwidth));
  for (const attribute of description.attributes) add("a", writeAttribute(attribute));
  for (const { letter, value } of description.others ?? []) add(letter, `${letter}=${value}`);
  return arrange(lines, description.layout ?? "", level);
}

function originLine(origin: Origin): string {
  const { username, sessionId, sessionVersion, networkType, addressType, address } = origin;
  const ipVersion = ipVersionOf(addressType);
  if (ipVersion === undefined || !survivesAsNumber(sessionVersion)) {
    return `o=${username} ${sessionId} ${sessionVersion} ${networkType} ${addressType} ${address}`;
  }
  return writeLine("o", {
    origin: {
      username,
      sessionId,
      sessionVersion: Number(sessionVersion),
      netType: networkType,
      ipVer: ipVersion,
      address,
    },
  });
}

function connectionLine({ networkType, addressType, address }: Connection): string {
  const version = ipVersionOf(addressType);
  if (version === undefined || networkType !== "IN") return `c=${networkType} ${addressType} ${address}`;
  return writeLine("c", { connection: { version, ip: address } });
}

function ipVersionOf(addressType: string): number | undefined {
  return /^IP\d$/.test(addressType) ? Number(addressType.slice(2)) : undefined;
}

function bandwidthLine({ type, value }: Bandwidth): string {
  return writeLine("b", { bandwidth: [{ type, limit: value }] });
}

function timeLine(time: string): string {
  const [start = "", stop = "", ...more] = time.split(" ");
  if (more.length > 0 || !survivesAsNumber(start) || !survivesAsNumber(stop)) return `t=${time}`;
  return writeLine("t", { timing: { start, stop } });
}

function mediaLine({ kind, port, portCount, protocol, formats }: MediaDescription): string {
  const payloads = formats.join(" ");
  if (portCount !== undefined || payloads === "") {
    return `m=${[kind, portCount === undefined ? port : `${port}/${portCount}`, protocol, ...formats].join(" ")}`;
  }
  return writeMediaLine({ type: kind, port, protocol, payloads });
}
