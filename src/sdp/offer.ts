import { keptPort, kindOf, offeredLine } from "./lines.ts";
import { directionOf, isLive, narrowestOf, rejectedLine, roleOf, withDirection } from "./media.ts";
import type { Direction, MediaDescription, MediaModel, SessionDescription } from "./model.ts";
import { codecModelsOf, connectionTo, modelOf, originOf, type SessionOptions } from "./options.ts";
import { nextVersion } from "./version.ts";

/**
 * An offer with the media wanted. With `previous` it is a later offer: slots stay, what is no longer wanted gets port 0,
 * what is new takes a free slot or comes at the end, and the version follows.
 * @throws {UsageError} ERR_SDP_CODEC: a codec name that is not known.
 * @see RFC 3264 §5, §8
 */
export function createOffer(options: SessionOptions): SessionDescription {
  const models = options.media.map(modelOf);
  const slots = options.previous?.media ?? [];
  const withSlides = models.some((model) => model.kind === "slides");
  const media = placeModels(models, slots).flatMap((model, index) => {
    const slot = slots[index];
    if (model) return [describe(model, options, slot, withSlides)];
    return slot ? [rejectedLine(slot)] : [];
  });
  const offer: SessionDescription = {
    version: "0",
    origin: originOf(options),
    name: "-",
    connection: connectionTo(options.address),
    bandwidths: [],
    times: ["0 0"],
    attributes: [],
    media,
  };
  return options.previous ? nextVersion(options.previous, offer) : offer;
}

/** For each slot the model that it carries on: the line of the same role, else a switched-off one, else a new one. */
function placeModels(models: readonly MediaModel[], slots: readonly MediaDescription[]): (MediaModel | undefined)[] {
  const places: (MediaModel | undefined)[] = slots.map(() => undefined);
  const homeless = models.filter((model) => {
    const index = slots.findIndex((slot, at) => !places[at] && roleOf(slot) === model.kind);
    if (index >= 0) places[index] = model;
    return index < 0;
  });
  for (const model of homeless) {
    const free = slots.findIndex((slot, at) => !places[at] && !isLive(slot));
    places[free < 0 ? places.length : free] = model;
  }
  return places;
}

function describe(
  model: MediaModel,
  options: SessionOptions,
  slot: MediaDescription | undefined,
  withSlides: boolean,
): MediaDescription {
  const port = model.port ?? keptPort(slot, kindOf(model.kind)) ?? options.ports();
  const line = offeredLine(model, codecModelsOf(model, options), port, slot);
  if (model.kind === "bfcp" || model.kind === "fax") return line;
  const content = withSlides ? { video: "main", slides: "slides" }[model.kind as string] : undefined;
  const attributes =
    content === undefined ? line.attributes : [...line.attributes, { name: "content", value: content }];
  return withDirection({ ...line, attributes }, model.direction ?? options.direction ?? "sendrecv");
}

/**
 * The offer that puts the other side on hold: live lines that send go on sending only, the others stop (RFC 3264 §8.4).
 * @param previous what this side last sent.
 */
export function holdOffer(previous: SessionDescription): SessionDescription {
  return redirected(previous, (direction) => narrowestOf(direction, "sendonly"));
}

/** The offer that ends a hold: live lines are `sendrecv` again. */
export function resumeOffer(previous: SessionDescription): SessionDescription {
  return redirected(previous, () => "sendrecv");
}

function redirected(previous: SessionDescription, change: (direction: Direction) => Direction): SessionDescription {
  const media = previous.media.map((line) =>
    isLive(line) && hasDirection(line) ? withDirection(line, change(directionOf(previous, line))) : line,
  );
  return nextVersion(previous, { ...previous, media });
}

/** Floor control and fax flow both ways whatever stands there. */
function hasDirection(media: MediaDescription): boolean {
  const role = roleOf(media);
  return role !== "bfcp" && role !== "fax";
}
