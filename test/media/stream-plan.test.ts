import { readFileSync } from "node:fs";
import { expect } from "chai";
import { planStreams, type StreamPlan } from "../../src/media/stream-plan.ts";
import { createAnswer, createOffer, parseSdp, type MediaSpec, type SessionOptions } from "../../src/sdp/index.ts";
import { testData } from "../support/test-data.ts";

function options(side: number, more: Partial<SessionOptions> = {}): SessionOptions {
  let port = side * 10_000;
  const audio: readonly MediaSpec[] = ["audio"];
  return { media: audio, address: `192.0.2.${side}`, ports: () => (port += 2), origin: { sessionId: "1" }, ...more };
}

/** What both sides make of an offer of the first and the answer of the second. */
function plans(offers: Partial<SessionOptions>, answers: Partial<SessionOptions> = {}): [StreamPlan[], StreamPlan[]] {
  const offer = createOffer(options(1, offers));
  const answer = createAnswer(offer, options(2, answers));
  return [planStreams({ local: offer, remote: answer }), planStreams({ local: answer, remote: offer })];
}

describe("what a session means for RTP", () => {
  it("is audio from port to port, with the first codec in common", () => {
    const [[offerer], [answerer]] = plans({ audioCodecs: ["G722", "PCMA", "PCMU"] }, { audioCodecs: ["PCMU", "PCMA"] });
    expect(offerer?.sending).to.deep.include({ host: "192.0.2.2", port: 20_002, eventPayloadType: 101 });
    expect(offerer?.sending?.codec.name).to.equal("PCMA");
    expect(answerer?.sending).to.deep.include({ host: "192.0.2.1", port: 10_002 });
    expect(answerer).to.deep.include({ line: 1, kind: "audio", live: true, localPort: 20_002 });
  });

  for (const [offered, offerer, answerer] of [
    ["sendrecv", "sendrecv", "sendrecv"],
    ["sendonly", "sendonly", "recvonly"],
    ["recvonly", "recvonly", "sendonly"],
    ["inactive", "inactive", "inactive"],
  ] as const) {
    it(`is ${offerer} and ${answerer} where ${offered} was offered`, () => {
      const [[a], [b]] = plans({ direction: offered });
      expect([a?.direction, b?.direction]).to.deep.equal([offerer, answerer]);
      expect([a, b].map((plan) => plan?.sending !== undefined)).to.deep.equal(
        [offerer, answerer].map((direction) => direction.startsWith("send")),
      );
    });
  }

  it("is nothing for a refused line and for video", () => {
    const media: readonly MediaSpec[] = ["audio", "video", "slides", "bfcp"];
    const [offerer] = plans({ media }, { media: ["audio", "video"] });
    const facts = offerer.map(({ line, kind, live, sending }) => [line, kind, live, sending !== undefined]);
    expect(facts).to.deep.equal([
      [1, "audio", true, true],
      [2, "video", true, false],
      [3, "slides", false, false],
    ]);
    expect(offerer[2]).to.deep.include({ direction: "inactive", localPort: 10_006, remote: undefined });
  });

  it("is nothing towards 0.0.0.0 and names, and without a codec that we speak", () => {
    const offer = createOffer(options(1));
    const answer = createAnswer(offer, options(2));
    const remoteAt = (address: string) => ({ ...answer, connection: { ...answer.connection!, address } });
    const [held] = planStreams({ local: offer, remote: remoteAt("0.0.0.0") });
    expect(held).to.deep.include({ direction: "recvonly", sending: undefined });
    expect(planStreams({ local: offer, remote: remoteAt("phone.example.com") })[0]?.sending).to.equal(undefined);
    const [[opus]] = plans({ audioCodecs: ["opus"] }, { audioCodecs: ["opus"] });
    expect(opus).to.deep.include({ live: true, sending: undefined });
  });

  it("sends with the numbers that the other side listed, and expects its own", () => {
    const local = createOffer(options(1));
    const remote = createOffer(options(2, { telephoneEvent: 96 }));
    const [plan] = planStreams({ local, remote });
    expect(plan?.sending?.eventPayloadType).to.equal(96);
    expect(plan?.listed.get(101)?.name).to.equal("telephone-event");
    expect(plan?.listed.has(96)).to.equal(false);
  });

  it("has no events of another clock rate than its audio's (RFC 4733 §2.1)", () => {
    const events = { name: "telephone-event", clockRate: 48_000, payloadType: 102 };
    const both = { media: [{ kind: "audio", codecs: ["PCMU", events] }] as const, telephoneEvent: false } as const;
    const [[plan]] = plans(both, both);
    expect([...plan!.listed.keys()]).to.deep.equal([0, 102]);
    expect(plan?.sending?.eventPayloadType).to.equal(undefined);
  });

  it("has no events where one side has none", () => {
    const [[offerer], [answerer]] = plans({}, { telephoneEvent: false });
    expect(offerer?.sending?.eventPayloadType).to.equal(undefined);
    expect(answerer?.sending?.eventPayloadType).to.equal(undefined);
  });

  it("matches codecs by name where the answer numbers them anew (RFC 4317 §2.3)", function () {
    const file = testData("sdp", "offer-answer.json");
    if (file === undefined) this.skip();
    const { rfc4317 } = JSON.parse(readFileSync(file, "utf8")) as {
      rfc4317: { id: string; exchanges: { offer: string; answer: string }[] }[];
    };
    const [exchange] = rfc4317.find(({ id }) => id === "rfc4317-2.3")!.exchanges;
    const [audio] = planStreams({ local: parseSdp(exchange!.offer), remote: parseSdp(exchange!.answer) });
    expect(audio).to.deep.include({ live: true, direction: "sendrecv", remote: "host.biloxi.example.com:49172" });
    expect([...audio!.listed].map(([number, codec]) => [number, codec.name])).to.deep.include([97, "iLBC"]);
  });
});
