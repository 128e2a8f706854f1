import type {
  Attribute,
  Bandwidth,
  Connection,
  Description,
  MediaDescription,
  Origin,
  OtherLine,
  SessionDescription,
} from "./model.ts";
import { SdpParseError } from "./errors.ts";
import { inLayoutOrder } from "./layout.ts";
import { type Fields, readFields, writeLine, writeMediaLine } from "./transform.ts";

/** What a hostile body may cost. The largest real ones (WebRTC with candidates) stay below a third of each. */
export const SDP_LIMITS = { octets: 65_535, lines: 2_000, lineOctets: 8_192, mediaDescriptions: 128 } as const;

interface Line {
  readonly number: number;
  readonly letter: string;
  readonly value: string;
}

/**
 * Reads a session description. Lenient as RFC 3261 phones need it: LF for CRLF, lines in any order, a last line without
 * end, mandatory lines left out (they read as `o=- 0 0 IN IP4 0.0.0.0`, `s=-`, `t=0 0`), unknown letters; all of it is
 * kept in the model and written again.
 * @param body octets, or text; give octets (or latin1 text) where what is written must equal what was read.
 * @throws {SdpParseError} ERR_SDP_SYNTAX: over SDP_LIMITS, no `v=` first, a line without `x=`, a lone CR, NUL, a broken
 *   o=, c=, b= or m= line.
 * @see RFC 8866 §5, §9
 */
export function parseSdp(body: string | Buffer): SessionDescription {
  const sections = sectionsOf(splitLines(typeof body === "string" ? body : body.toString("latin1")));
  const [session = [], ...media] = sections;
  return { ...readSession(session), media: media.map(readMedia) };
}

function splitLines(text: string): Line[] {
  if (text.length > SDP_LIMITS.octets) throw new SdpParseError(`longer than ${SDP_LIMITS.octets} octets`);
  const texts = text.split("\n").map((line) => (line.endsWith("\r") ? line.slice(0, -1) : line));
  while (texts.at(-1) === "") texts.pop();
  if (texts.length > SDP_LIMITS.lines) throw new SdpParseError(`more than ${SDP_LIMITS.lines} lines`);
  const lines = texts.map(readLine);
  if (lines[0]?.letter !== "v") throw new SdpParseError("does not begin with v=");
  return lines;
}

function readLine(text: string, index: number): Line {
  const number = index + 1;
  if (text.length > SDP_LIMITS.lineOctets) {
    throw new SdpParseError(`line ${number} is longer than ${SDP_LIMITS.lineOctets} octets`, { line: number });
  }
  if (!/^[A-Za-z]=/.test(text))
    throw new SdpParseError(`line ${number} is not of the form x=value`, { line: number, text });
  if (text.includes("\r") || text.includes("\0")) {
    throw new SdpParseError(`line ${number} holds a lone CR or a NUL`, { line: number, text });
  }
  return { number, letter: text.slice(0, 1), value: text.slice(2) };
}

function sectionsOf(lines: readonly Line[]): Line[][] {
  const sections: Line[][] = [[]];
  for (const line of lines) {
    if (line.letter === "m") sections.push([]);
    sections.at(-1)?.push(line);
  }
  if (sections.length - 1 > SDP_LIMITS.mediaDescriptions) {
    throw new SdpParseError(`more than ${SDP_LIMITS.mediaDescriptions} media descriptions`);
  }
  return sections;
}

function readSession(lines: readonly Line[]): Omit<SessionDescription, "media"> {
  const times = lines.filter((line) => line.letter === "t").map((line) => line.value);
  return {
    version: firstOf(lines, "v")?.value ?? "0",
    origin: readOrigin(firstOf(lines, "o")),
    name: firstOf(lines, "s")?.value ?? "-",
    times: times.length > 0 ? times : ["0 0"],
    ...readCommon(lines, "session"),
  };
}

function readMedia(lines: readonly Line[]): MediaDescription {
  return { ...readMediaLine(firstOf(lines, "m")), ...readCommon(lines, "media") };
}

/** Letters of which the model holds any number; of the others it holds the first, and a further one as it is. */
const REPEATED = new Set(["b", "t", "a"]);
const SINGLE = { session: new Set(["v", "o", "s", "c"]), media: new Set(["m", "c"]) };

function readCommon(lines: readonly Line[], level: "session" | "media"): Description {
  const connection = firstOf(lines, "c");
  const others: OtherLine[] = [];
  const bandwidths: Bandwidth[] = [];
  const attributes: Attribute[] = [];
  const seen = new Set<string>();
  for (const line of lines) {
    const modelled = SINGLE[level].has(line.letter) ? !seen.has(line.letter) : REPEATED.has(line.letter);
    seen.add(line.letter);
    if (line.letter === "b") bandwidths.push(readBandwidth(line));
    else if (line.letter === "a") attributes.push(readAttribute(line.value));
    else if (!modelled || (line.letter === "t" && level === "media"))
      others.push({ letter: line.letter, value: line.value });
  }
  const layout = lines.map((line) => line.letter).join("");
  return {
    ...(connection && { connection: readConnection(connection) }),
    bandwidths,
    attributes,
    ...(others.length > 0 && { others }),
    ...(!inLayoutOrder(layout, level) && { layout }),
  };
}

function firstOf(lines: readonly Line[], letter: string): Line | undefined {
  return lines.find((line) => line.letter === letter);
}

/** What sdp-transform read of a line, if it writes the same line from it; else it lost something of it. */
function faithfully({ letter, value }: Line): Fields | undefined {
  const fields = readFields(`${letter}=${value}`);
  return writeLine(letter, fields) === `${letter}=${value}` ? fields : undefined;
}

function readOrigin(line: Line | undefined): Origin {
  if (!line) return NO_ORIGIN;
  const origin = faithfully(line)?.origin;
  if (origin) {
    return {
      username: origin.username,
      sessionId: String(origin.sessionId),
      sessionVersion: String(origin.sessionVersion),
      networkType: origin.netType,
      addressType: `IP${origin.ipVer}`,
      address: origin.address,
    };
  }
  const words = line.value.split(" ");
  const [sessionId, sessionVersion, networkType, addressType, address] = words.slice(-5);
  const username = words.slice(0, -5).join(" ");
  if (!username || !sessionId || !sessionVersion || !networkType || !addressType || !address) throw broken(line);
  return { username, sessionId, sessionVersion, networkType, addressType, address };
}

const NO_ORIGIN: Origin = {
  username: "-",
  sessionId: "0",
  sessionVersion: "0",
  networkType: "IN",
  addressType: "IP4",
  address: "0.0.0.0",
};

function readConnection(line: Line): Connection {
  const connection = faithfully(line)?.connection;
  if (connection) return { networkType: "IN", addressType: `IP${connection.version}`, address: connection.ip };
  const [networkType, addressType, address, ...more] = line.value.split(" ");
  if (!networkType || !addressType || !address || more.length > 0) throw broken(line);
  return { networkType, addressType, address };
}

function readBandwidth(line: Line): Bandwidth {
  const bandwidth = faithfully(line)?.bandwidth?.[0];
  if (bandwidth) return { type: bandwidth.type, value: String(bandwidth.limit) };
  const [type, value] = splitAtFirst(line.value, ":");
  if (value === undefined) throw broken(line);
  return { type, value };
}

/** `name:value` as an attribute; what stands behind `a=`. */
function readAttribute(text: string): Attribute {
  const [name, value] = splitAtFirst(text, ":");
  return value === undefined ? { name } : { name, value };
}

type MediaLine = Pick<MediaDescription, "kind" | "port" | "portCount" | "protocol" | "formats">;

function readMediaLine(line: Line | undefined): MediaLine {
  if (!line) throw new SdpParseError("media description without m=");
  const text = `m=${line.value}`;
  const media = readFields(text).media[0];
  if (media?.type === undefined || media.protocol === undefined || writeMediaLine(media) !== text) {
    return splitMediaLine(line);
  }
  const port = String(media.port);
  if (!isPort(port)) throw broken(line);
  const formats = String(media.payloads).split(" ").filter(Boolean);
  return { kind: media.type, port: Number(port), protocol: media.protocol, formats };
}

/** What sdp-transform does not read: `4000/2`, a `-` in a token, missing formats. */
function splitMediaLine(line: Line): MediaLine {
  const [kind, ports = "", protocol, ...formats] = line.value.split(" ").filter(Boolean);
  const [port, portCount] = splitAtFirst(ports, "/");
  if (!kind || !protocol || !isPort(port) || (portCount !== undefined && !isPort(portCount))) throw broken(line);
  return {
    kind,
    port: Number(port),
    ...(portCount !== undefined && { portCount: Number(portCount) }),
    protocol,
    formats,
  };
}

function isPort(text: string): boolean {
  return /^\d{1,5}$/.test(text) && Number(text) <= 65_535;
}

function splitAtFirst(text: string, separator: string): [string, string | undefined] {
  const index = text.indexOf(separator);
  return index < 0 ? [text, undefined] : [text.slice(0, index), text.slice(index + 1)];
}

function broken({ number, letter, value }: Line): SdpParseError {
  return new SdpParseError(`line ${number} is a broken ${letter}= line`, { line: number, text: `${letter}=${value}` });
}
