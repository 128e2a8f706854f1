import { expect } from "chai";
import { LocationService, type Binding } from "../../src/callmanager/location-service.ts";
import { parseNameAddr, SipRequest } from "../../src/sip/message/index.ts";
import type { Flow } from "../../src/sip/transport/index.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { device } from "./support/lab.ts";

function flow(port: number, connection?: number): Flow {
  const protocol = connection === undefined ? "udp" : "tcp";
  const local = { protocol, host: "192.0.2.10", port: 5060 } as const;
  const remote = { protocol, host: "198.51.100.21", port } as const;
  return { protocol, local, remote, ...(connection !== undefined && { connection }) };
}

describe("location service", () => {
  let clock: FakeClock;
  let location: LocationService;
  beforeEach(() => {
    clock = new FakeClock();
    location = new LocationService(clock);
  });

  function bind(name: string, contact: string, over: Flow, { index = 0, seconds = 120 } = {}): Binding {
    const of = device(name);
    const line = of.lines[index]!;
    const expiresAt = clock.now() + seconds * 1000;
    const register = SipRequest.create({ method: "REGISTER", requestUri: "sip:192.0.2.10", headers: [] });
    const ids = { callId: "c", cseq: 1, register };
    const binding = { device: of, line, contact: parseNameAddr(contact), flow: over, ...ids, expiresAt };
    location.bind(binding, (expired) => {
      location.remove(expired);
    });
    return binding;
  }

  const numbers = (contact: string | undefined, over: Flow): string[] =>
    location
      .sentBy(contact === undefined ? undefined : parseNameAddr(contact), over)
      .map(({ line }) => line.directoryNumber);

  it("keeps bindings by device and line, and finds the newest of a line", () => {
    const earlier = bind("basic1", "<sip:1002@198.51.100.21:5062>", flow(5062));
    const later = bind("basic1", "<sip:1002@198.51.100.21:5063>", flow(5063));
    bind("advanced1", "<sip:2001@198.51.100.21:5064>", flow(5064));
    bind("advanced1", "<sip:2002@198.51.100.21:5064>", flow(5064), { index: 1 });
    expect(location.list()).to.have.length(4);
    expect(location.of(device("basic1"), earlier.line)).to.deep.equal([later, earlier]);
    expect(location.find(device("basic1"), earlier.line)).to.equal(later);
    expect(location.at("198.51.100.21:5064")).to.have.length(2);
    expect(location.withNumber("2002")).to.have.length(1);
  });

  it("forgets a binding that is removed, in every place", () => {
    const earlier = bind("basic1", "<sip:1002@198.51.100.21:5062>", flow(5062));
    const later = bind("basic1", "<sip:1002@198.51.100.21:5063>", flow(5063));
    location.remove(earlier);
    expect(location.withNumber("1002")).to.deep.equal([later]);
    expect(numbers("<sip:1002@198.51.100.21:5062>", flow(5062))).to.deep.equal([]);
    location.unbind(device("basic1"), later.line);
    expect(location.list()).to.deep.equal([]);
    expect(clock.timerCount).to.equal(0);
  });

  it("forgets a device and whatever has its Contact at an address over a transport, and nothing else", () => {
    bind("advanced1", "<sip:2001@198.51.100.21:5064>", flow(5064));
    bind("advanced1", "<sip:2002@203.0.113.7:5070>", flow(5070), { index: 1 });
    bind("basic1", "<sip:1002@198.51.100.21:5064>", flow(5062));
    const other = bind("basic2", "<sip:1003@198.51.100.21:5063>", flow(5063));
    location.forget("advanced1", "198.51.100.21:5064", "udp");
    expect(location.list()).to.deep.equal([other]);
    expect(clock.timerCount).to.equal(1);
  });

  it("knows the sender over UDP by the address of its Contact alone", () => {
    bind("basic1", "<sip:1002@198.51.100.21>", flow(5062));
    expect(numbers("<sip:1002@198.51.100.21:5060>", flow(9))).to.deep.equal(["1002"]);
    expect(numbers("<sip:1002@198.51.100.21:5062>", flow(5062))).to.deep.equal([]);
    expect(numbers(undefined, flow(5062))).to.deep.equal(["1002"]);
  });

  it("knows the sender over a stream by its connection too", () => {
    bind("basic1", "<sip:1002@198.51.100.21:5062;transport=tcp>", flow(40_000, 1));
    expect(numbers("<sip:1002@198.51.100.21:9>", flow(40_000, 1))).to.deep.equal(["1002"]);
    expect(numbers("<sip:1002@198.51.100.21:9>", flow(40_000, 2))).to.deep.equal([]);
  });

  it("tells phones behind one address apart by the user of their Contact", () => {
    bind("basic1", "<sip:a@198.51.100.21:5062>", flow(5062));
    bind("basic2", "<sip:b@198.51.100.21:5062>", flow(5062));
    expect(numbers("<sip:b@198.51.100.21:5062>", flow(5062))).to.deep.equal(["1003"]);
  });

  it("takes a REGISTER for a keepalive only with Call-ID, Contact and source of its binding", () => {
    const binding = bind("basic1", "<sip:1002@198.51.100.21:5062>", flow(5062));
    const same = parseNameAddr("<sip:1002@198.51.100.21:5062>");
    const other = parseNameAddr("<sip:1002@198.51.100.21:5063>");
    expect(location.keepaliveOf("1002", "c", same, flow(5062))).to.equal(binding);
    expect(location.keepaliveOf("1003", "c", same, flow(5062))).to.equal(undefined);
    expect(location.keepaliveOf("1002", "d", same, flow(5062))).to.equal(undefined);
    expect(location.keepaliveOf("1002", "c", other, flow(5062))).to.equal(undefined);
    expect(location.keepaliveOf("1002", "c", same, flow(5063))).to.equal(undefined);
  });

  it("forgets a binding when its time is up, and no sooner after a refresh", () => {
    bind("basic1", "<sip:1002@198.51.100.21:5062>", flow(5062));
    clock.advance(60_000);
    location.unbind(device("basic1"), device("basic1").lines[0]!);
    bind("basic1", "<sip:1002@198.51.100.21:5062>", flow(5062));
    clock.advance(119_999);
    expect(location.list()).to.have.length(1);
    clock.advance(1);
    expect(location.list()).to.have.length(0);
    expect(numbers("<sip:1002@198.51.100.21:5062>", flow(5062))).to.deep.equal([]);
    expect(clock.timerCount).to.equal(0);
  });

  describe("when devices are reconfigured", () => {
    it("forgets bindings that have no line any more, and leaves the others as they are", () => {
      bind("basic1", "<sip:1002@198.51.100.21:5062>", flow(5062));
      const kept = bind("basic2", "<sip:1003@198.51.100.22:5062>", flow(5063));
      location.follow((binding) => (binding.line.directoryNumber === "1002" ? undefined : binding));
      expect(location.list()).to.deep.equal([kept]);
      expect(numbers("<sip:1002@198.51.100.21:5062>", flow(5062))).to.deep.equal([]);
      expect(clock.timerCount).to.equal(1);
    });

    it("gives a binding its line as it is now, until the same moment", () => {
      const before = bind("basic1", "<sip:1002@198.51.100.21:5062>", flow(5062));
      const line = { ...before.line, partition: "inner" };
      location.follow(() => ({ device: before.device, line }));
      expect(location.find(before.device, before.line)).to.equal(undefined);
      expect(location.find(before.device, line)).to.deep.equal({ ...before, line });
      expect(clock.timerCount).to.equal(1);
    });
  });
});
