import { expect } from "chai";
import { timeSession, type SessionTimerQuestion } from "../../../src/callmanager/policies/time-session.ts";
import { SipRequest, type HeaderField } from "../../../src/sip/message/index.ts";
import { device } from "../support/lab.ts";

const TIMER: HeaderField = ["Supported", "timer"];

function ask(headers: readonly HeaderField[], more: Partial<SessionTimerQuestion> = {}) {
  const request = SipRequest.create({ method: "INVITE", requestUri: "sip:1003@192.0.2.10", headers });
  const intervals = { expiresSeconds: 1800, minExpiresSeconds: 90 };
  return timeSession({ request, device: device("basic1"), refresher: undefined, ...intervals, ...more });
}

describe("timeSession", () => {
  it("grants what is asked for, cut to the longest interval, and refreshes where that is left open", () => {
    expect(ask([TIMER, ["Session-Expires", "600"]])).to.include({ outcome: "timed", seconds: 600, refresher: "uas" });
    expect(ask([TIMER, ["Session-Expires", "9000;refresher=uac"]])).to.include({ seconds: 1800, refresher: "uac" });
  });

  it("leaves refreshing to who does it already", () => {
    expect(ask([TIMER], { refresher: "uac" })).to.include({ seconds: 1800, refresher: "uac" });
  });

  it("does not cut below the phone's Min-SE", () => {
    expect(ask([TIMER, ["Min-SE", "3000"]])).to.include({ seconds: 3000 });
    expect(ask([TIMER, ["Session-Expires", "5000"], ["Min-SE", "3000"]])).to.include({ seconds: 3000 });
  });

  it("refuses what is too short, and reads no nonsense", () => {
    const refusal = ask([TIMER, ["Session-Expires", "89"]]);
    expect(refusal).to.deep.include({ outcome: "refused", status: 422, headers: [["Min-SE", "90"]] });
    expect(ask([TIMER, ["Session-Expires", "short"]])).to.include({ outcome: "timed", seconds: 1800 });
  });

  it("grants nothing to a phone that knows no timers", () => {
    expect(ask([["Session-Expires", "5"]])).to.include({ outcome: "untimed" });
  });
});
