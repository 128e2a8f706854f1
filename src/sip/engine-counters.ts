/** What an engine met since its start that no transaction user hears of. */
export interface EngineCounters {
  /** Copies of requests, and of ACKs for a 2xx. Copies of responses are not counted: the transaction drops them. */
  retransmissions: number;
  /** Requests that `checkMessage` found faulty, and responses without what it takes to match them. */
  malformed: number;
  /** Best-effort answers to malformed requests. */
  refused: number;
  /** Requests that came on a second way (482). */
  merged: number;
  /** Responses with a sent-by, branch or CSeq method that none of our requests has, or with more than one Via. */
  strayResponses: number;
  /** ACKs that none of our responses awaits. */
  strayAcks: number;
  /** Messages without a transaction that could not be sent. */
  unsent: number;
}

export function newCounters(): EngineCounters {
  return { retransmissions: 0, malformed: 0, refused: 0, merged: 0, strayResponses: 0, strayAcks: 0, unsent: 0 };
}
