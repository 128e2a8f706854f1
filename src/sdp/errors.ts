import { type ErrorDetails, PeerProtocolError } from "../core/errors.ts";

/**
 * A body that is not a session description. Code ERR_SDP_SYNTAX; `details` has `line` (1-based) and `text` where one
 * line is to blame.
 */
export class SdpParseError extends PeerProtocolError {
  constructor(message: string, details: ErrorDetails = {}) {
    super(`SDP: ${message} (RFC 8866 §9)`, { code: "ERR_SDP_SYNTAX", details });
  }
}
