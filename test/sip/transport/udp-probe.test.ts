import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { expect } from "chai";
import { isUdpPortClosed, type Address } from "../../../src/sip/transport/index.ts";
import { FakeClock } from "../../support/fake-clock.ts";

const WAIT_MS = 200;

async function bound(): Promise<{ socket: Socket; address: Address }> {
  const socket = createSocket("udp4").bind(0, "127.0.0.1");
  await once(socket, "listening");
  return { socket, address: { protocol: "udp", host: "127.0.0.1", port: socket.address().port } };
}

describe("probe of a UDP port", () => {
  it("is told at once that nobody listens there", async () => {
    const { socket, address } = await bound();
    socket.close();
    const clock = new FakeClock();
    expect(await isUdpPortClosed(address, clock, WAIT_MS)).to.equal(true);
    expect(clock.timerCount).to.equal(0);
  });

  it("takes silence for nothing, and sends what SIP endpoints ignore", async () => {
    const { socket, address } = await bound();
    const clock = new FakeClock();
    const heard = once(socket, "message");
    const closed = isUdpPortClosed(address, clock, WAIT_MS);
    const [octets] = (await heard) as [Buffer];
    expect(octets.toString()).to.equal("\r\n");
    clock.advance(WAIT_MS);
    expect(await closed).to.equal(false);
    socket.close();
  });

  it("is over when somebody answers", async () => {
    const { socket, address } = await bound();
    socket.on("message", (_octets, { port, address: host }) => {
      socket.send("SIP/2.0 400 Bad Request\r\n\r\n", port, host);
    });
    const clock = new FakeClock();
    expect(await isUdpPortClosed(address, clock, WAIT_MS)).to.equal(false);
    expect(clock.timerCount).to.equal(0);
    socket.close();
  });
});
