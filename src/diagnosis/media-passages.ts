import type { MessageLine, ScenarioRecord } from "../results/index.ts";
import { decodeText, SipResponse, type SipMessage } from "../sip/message/index.ts";
import { linesOfCase } from "./case-facts.ts";
import { readLine, type Seen } from "./exchanges.ts";
import { sdpIn } from "./message-words.ts";

/** A message that carried an SDP: `bob`, `200 OK to INVITE`. */
export interface MediaCarrier {
  readonly phone: string;
  readonly label: string;
}

/** An m-line on both sides, in words: `video: H264, sendrecv`, `video: refused (port 0)`; undefined where it was absent. */
export interface MediaPair {
  readonly sent: string | undefined;
  readonly received: string | undefined;
}

/** An SDP that the call manager sent to a phone, beside the one that another phone had sent to it last. */
export interface MediaPassage {
  /** Undefined where no other phone had sent an SDP. */
  readonly from: MediaCarrier | undefined;
  readonly to: MediaCarrier;
  readonly pairs: readonly MediaPair[];
  /** Whether it is the message that was judged. */
  readonly judged: boolean;
}

interface SdpLine {
  readonly kind: string;
  readonly words: string;
}

/** How the words of an m-line with port 0 end. */
export const REFUSED = "refused (port 0)";

const MOST_PASSAGES = 4;
const MOST_LINES = 16;
const MOST_CODECS = 6;
const DIRECTIONS = /^a=(sendrecv|sendonly|recvonly|inactive)\b/m;

function codecsOf(section: string, formats: string): string {
  const names = [...section.matchAll(/^a=rtpmap:(\d{1,3}) ([\w.-]{1,30})/gm)].map(([, format, name]) => [format, name]);
  const nameOf = new Map(names as [string, string][]);
  const codecs = formats.split(" ").map((format) => nameOf.get(format) ?? format);
  return codecs.slice(0, MOST_CODECS).join(" ") + (codecs.length > MOST_CODECS ? " …" : "");
}

function sdpLines(sdp: string): SdpLine[] {
  const [session = "", ...sections] = sdp.split(/\r?\n(?=m=)/);
  const general = DIRECTIONS.exec(session)?.[1] ?? "sendrecv";
  return sections.slice(0, MOST_LINES).flatMap((section) => {
    const [, kind, port, formats] = /^m=([a-z]{1,20}) (\d{1,5})(?:\/\d+)? \S+ ?([^\r\n]{0,200})/i.exec(section) ?? [];
    if (kind === undefined || port === undefined || formats === undefined) return [];
    const content = /^a=content:([\w-]{1,20})/m.exec(section)?.[1];
    const name = content === undefined ? kind : `${kind} (${content})`;
    if (Number(port) === 0) return [{ kind, words: `${name}: ${REFUSED}` }];
    return [{ kind, words: `${name}: ${codecsOf(section, formats)}, ${DIRECTIONS.exec(section)?.[1] ?? general}` }];
  });
}

/** Each line that was sent beside the first of its kind that was received and is not taken; then what was added. */
function pairsOf(sent: readonly SdpLine[], received: readonly SdpLine[]): MediaPair[] {
  const left = [...received];
  const pairs = sent.map(({ kind, words }): MediaPair => {
    const at = left.findIndex((line) => line.kind === kind);
    return { sent: words, received: at < 0 ? undefined : left.splice(at, 1)[0]?.words };
  });
  return [...pairs, ...left.map(({ words }) => ({ sent: undefined, received: words }))];
}

function carrier({ line, message }: Seen): MediaCarrier {
  const { method } = message.cseq;
  const label =
    message instanceof SipResponse
      ? `${message.status} ${decodeText(message.reason).slice(0, 30)} to ${method}`
      : method;
  return { phone: line.endpoint, label };
}

/**
 * What became of SDP on its way through the call manager, up to the failure: the last of what phones received, each beside
 * what another phone had sent last.
 */
export function mediaPassages(scenario: ScenarioRecord): MediaPassage[] {
  const about = scenario.end?.failure?.about;
  const isJudged = (message: SipMessage): boolean =>
    message.callId === about?.callId && about.cseq === `${message.cseq.number} ${message.cseq.method}`;
  const lastOf = new Map<string, readonly [Seen, string]>();
  const passages: MediaPassage[] = [];
  for (const line of linesOfCase(scenario).filter(isOriginal)) {
    const seen = readLine(line);
    const sdp = seen && sdpIn(seen.message);
    if (!seen || sdp === undefined) continue;
    if (line.direction === "sent") {
      lastOf.delete(line.endpoint);
      lastOf.set(line.endpoint, [seen, sdp]);
    } else {
      const [from, offered] = [...lastOf].findLast(([phone]) => phone !== line.endpoint)?.[1] ?? [];
      const pairs = pairsOf(sdpLines(offered ?? ""), sdpLines(sdp));
      passages.push({ from: from && carrier(from), to: carrier(seen), pairs, judged: isJudged(seen.message) });
    }
  }
  return passages.slice(-MOST_PASSAGES);
}

function isOriginal({ notes }: MessageLine): boolean {
  return !notes.includes("retransmission");
}
