import { connectionOf, directionOf, isLive, type MediaDescription, type SessionDescription } from "../../sdp/index.ts";
import { wordSession } from "../policies/word-session.ts";
import type { Variant } from "./variant.ts";

const DIRECTIONS = new Set(["sendrecv", "sendonly", "recvonly", "inactive"]);
/** Payload types that need no rtpmap (RFC 3551 §6) of the codecs that phones here have. */
const STATIC = /^(0|8|9) /;

/** A refused line with no word more than the grammar wants (RFC 3264 §6). */
function bare(line: MediaDescription): MediaDescription {
  return { ...line, formats: /RTP/.test(line.protocol) ? ["0"] : line.formats, attributes: [] };
}

/**
 * The same session in other words: a c= for each line, one direction for all of them, no rtpmap that goes without saying,
 * refused lines bare.
 */
function inOtherWords(session: SessionDescription): SessionDescription {
  const directions = new Set(session.media.filter(isLive).map((line) => directionOf(session, line)));
  const [direction] = directions;
  const shared = direction !== undefined && directions.size === 1;
  const attributes = session.attributes.filter(({ name }) => !(shared && DIRECTIONS.has(name)));
  return {
    ...session,
    name: "-",
    origin: { ...session.origin, username: "-" },
    bandwidths: [{ type: "AS", value: "80" }],
    attributes: [...attributes, ...(shared ? [{ name: direction }] : []), { name: "tool", value: "some pbx" }],
    media: session.media.map((line) => {
      if (line.port === 0) return bare(line);
      const connection = connectionOf(session, line);
      return {
        ...line,
        ...(connection && { connection }),
        attributes: line.attributes.filter(
          ({ name, value = "" }) => !(shared && DIRECTIONS.has(name)) && !(name === "rtpmap" && STATIC.test(value)),
        ),
      };
    }),
  };
}

/** Call managers that describe sessions otherwise than Cisco's. */
export const sessionVariants: readonly Variant[] = [
  {
    name: "describes-sessions-in-other-words",
    title: "names sessions otherwise, and says c= and a= at other places",
    legalBecause: "RFC 8866 §5.3, §5.7, §6.7; RFC 3551 §6; RFC 3264 §6",
    policies: {
      wordSession: (question) => {
        const wording = wordSession(question);
        return { ...wording, session: inOtherWords(wording.session) };
      },
    },
  },
];
