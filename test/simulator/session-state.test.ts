import { expect } from "chai";
import { parseSdp, type SessionDescription } from "../../src/sdp/index.ts";
import type { MediaSession } from "../../src/simulator/index.ts";
import { History } from "../../src/simulator/history.ts";
import { SessionState } from "../../src/simulator/session-state.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { rejection } from "../support/rejection.ts";

function sdp(version: number): SessionDescription {
  return parseSdp(`v=0\r\no=- 1 ${version} IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\n`);
}

describe("SessionState", () => {
  const [one, two, three] = [sdp(1), sdp(2), sdp(3)];
  const wait = { timeoutMs: 10, onTimeout: () => new Error("too late") };
  let state: SessionState;

  beforeEach(() => {
    state = new SessionState(new History<MediaSession>(new FakeClock()));
  });

  it("tells both sides which is which", async () => {
    state.offered("local", one);
    state.answered(two);
    expect(await state.current(wait)).to.deep.equal({
      offer: one,
      answer: two,
      local: one,
      remote: two,
      localRole: "offerer",
    });
    state.offered("remote", three);
    state.answered(one);
    expect(await state.current(wait)).to.deep.include({ local: one, remote: three, localRole: "answerer" });
  });

  it("waits for the outcome of an open offer", async () => {
    state.offered("local", one);
    state.answered(two);
    state.offered("local", three);
    const waiting = state.current(wait);
    state.answered(two);
    expect((await waiting).offer).to.equal(three);
  });

  it("keeps an answer in a provisional response for a 2xx without one", async () => {
    state.offered("local", one);
    state.previewed(two);
    const waiting = state.current(wait);
    state.answered(undefined);
    expect((await waiting).answer).to.equal(two);
  });

  it("goes back to the session before when a later offer fails", async () => {
    state.offered("local", one);
    state.answered(two);
    state.offered("local", three);
    const waiting = state.current(wait);
    state.failed(new Error("488"));
    expect((await waiting).offer).to.equal(one);
    expect((await state.current(wait)).offer).to.equal(one);
  });

  it("fails when the first offer fails, or is never answered readably", async () => {
    state.offered("local", one);
    state.failed(new Error("486"));
    expect((await rejection(state.current(wait))).message).to.equal("486");
    const other = new SessionState(new History<MediaSession>(new FakeClock()));
    other.offered("local", undefined);
    other.answered(two);
    expect(await rejection(other.current(wait))).to.have.property("code", "ERR_ANSWER_MISSING");
  });

  it("ignores an answer where nothing was offered", async () => {
    state.offered("local", one);
    state.answered(two);
    state.answered(three);
    expect((await state.current(wait)).answer).to.equal(two);
  });
});
