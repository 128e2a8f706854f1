import { isLive } from "../../sdp/index.ts";
import { isVideoRelated, permittedMedia } from "../policies/permitted-media.ts";
import { OWN_IDEA } from "./craft.ts";
import {
  forgetting,
  leaving,
  taking,
  again,
  wording,
  withAttributes,
  isSlides,
  isBfcp,
  isCameraControl,
  isVideo,
  isAudio,
  isSentOneWay,
  revived,
  withoutTelephoneEvent,
  renumbered,
} from "./craft-media.ts";
import type { Defect } from "./defect.ts";

const CAPABILITIES = ["tcap", "acap", "pcfg", "lcfg", "acfg", "csup", "creq", "rmcap", "omcap", "mfcap"];

/** Video of and for Basic phones (VID-01…VID-17). */
export const videoDefects: readonly Defect[] = [
  {
    name: "leaves-video-in-the-invite",
    rule: "VID-01",
    title: "strips video from answers and not from the offer in its INVITE",
    policies: forgetting(({ phase, carrier, from }) => phase === "first" && carrier === "INVITE" && from === "basic"),
  },
  {
    name: "lets-basic-callers-send-video",
    rule: "VID-01",
    title: "strips video on its way to a Basic phone, and lets pass what comes from one",
    policies: forgetting(({ to }) => to !== "basic"),
  },
  {
    name: "drops-the-line-from-the-answer",
    rule: "VID-02",
    title: "leaves stripped lines out of answers rather than refusing them with port 0",
    policies: wording(({ draft, part }) => (part === "answer" ? { media: draft.media.filter(isLive) } : {})),
  },
  {
    name: "moves-refused-lines-to-the-end",
    rule: "VID-02",
    title: "puts refused lines behind the others in answers",
    policies: wording(({ draft, part }) =>
      part === "answer"
        ? { media: [...draft.media.filter(isLive), ...draft.media.filter((line) => !isLive(line))] }
        : {},
    ),
  },
  {
    name: "strips-audio-along-with-video",
    rule: "VID-02",
    title: "refuses the audio of an offer that has video",
    policies: {
      permittedMedia: (question) =>
        question.media.some((line) => isVideo(line) && isLive(line)) && permittedMedia(question).outcome !== "all"
          ? { outcome: "without video", ...OWN_IDEA, permitted: question.media.map(() => false) }
          : permittedMedia(question),
    },
  },
  {
    name: "says-inactive-and-leaves-the-port",
    rule: "VID-02",
    title: "makes stripped lines inactive rather than giving them port 0",
    policies: wording(({ draft, sources, part }) =>
      part === "offer"
        ? {}
        : {
            media: draft.media.map((line, index) =>
              isVideo(line) && !isLive(line) ? { ...line, port: sources[index]?.port ?? 9 } : line,
            ),
          },
    ),
  },
  {
    name: "leaves-video-in-the-ack",
    rule: "VID-03",
    title: "answers the offer of a called phone in the ACK with live video",
    policies: forgetting(({ carrier }) => carrier === "ACK"),
  },
  {
    name: "leaves-video-of-a-called-basic-phone",
    rule: "VID-03",
    title: "passes on the video that a called Basic phone offers in its 200",
    policies: forgetting(({ carrier, from }) => carrier === "200" && from === "basic"),
  },
  {
    name: "goes-by-the-caller-alone",
    rule: "VID-04",
    title: "strips video of Basic callers, and not of those who call a Basic phone",
    policies: forgetting(({ from }) => from !== "basic"),
  },
  {
    name: "leaves-video-in-early-media",
    rule: "VID-04",
    title: "strips the 200 and not the provisional response with the answer before it",
    policies: forgetting(({ carrier }) => carrier === "18x"),
  },
  {
    name: "leaves-video-in-the-answer",
    rule: "VID-05",
    title: "strips video from offers and not from answers",
    policies: {
      ...forgetting(({ part }) => part === "answer"),
      ...wording(({ draft, sources, part }) => (part === "answer" ? { media: revived(draft, sources) } : {})),
    },
  },
  {
    name: "believes-what-a-basic-phone-answers",
    rule: "VID-05",
    title: "passes on live video that a Basic phone answers, though none was offered to it",
    policies: wording(({ draft, sources, part, sender }) =>
      part === "answer" && sender.device.type === "basic" ? { media: revived(draft, sources) } : {},
    ),
  },
  {
    name: "lets-two-basic-phones-see-each-other",
    rule: "VID-06",
    title: "strips video between phones of different type only",
    policies: forgetting(({ from, to }) => from === to),
  },
  {
    name: "strips-the-caller-of-two-basic-phones-only",
    rule: "VID-06",
    title: "strips the video that a Basic caller sends, and not what a Basic phone that is called sends back",
    policies: forgetting(({ from, to, carrier }) => from === "basic" && to === "basic" && carrier === "200"),
  },
  {
    name: "strips-for-advanced-too",
    rule: "VID-07",
    title: "strips video between Advanced phones",
    policies: { permittedMedia: (question) => permittedMedia({ ...question, to: "basic" }) },
  },
  {
    name: "lets-advanced-phones-see-one-way",
    rule: "VID-07",
    title: "strips the video that a called Advanced phone sends",
    policies: {
      permittedMedia: (question) =>
        question.carrier === "200" ? permittedMedia({ ...question, from: "basic" }) : permittedMedia(question),
    },
  },
  {
    name: "forgets-the-reinvite",
    rule: "VID-08",
    title: "strips the first INVITE and no re-INVITE",
    policies: forgetting(({ phase }) => phase === "re-INVITE"),
  },
  {
    name: "forgets-the-update",
    rule: "VID-08",
    title: "strips INVITE and re-INVITE and not UPDATE",
    policies: forgetting(({ phase }) => phase === "UPDATE"),
  },
  {
    name: "takes-the-audio-away-where-video-is-added",
    rule: "VID-08",
    title: "refuses all lines of a re-INVITE that adds video",
    policies: {
      permittedMedia: (question) =>
        question.phase === "re-INVITE" && permittedMedia(question).outcome === "without video"
          ? { outcome: "without video", ...OWN_IDEA, permitted: question.media.map(() => false) }
          : permittedMedia(question),
    },
  },
  {
    name: "lets-advanced-phones-add-video",
    rule: "VID-09",
    title: "passes video on that an Advanced phone adds to a call with a Basic one",
    policies: forgetting(({ phase, from }) => phase !== "first" && from === "advanced"),
  },
  {
    name: "tells-basic-phones-of-added-video",
    rule: "VID-09",
    title: "shows a Basic phone added video live, and refuses it to the phone that added it",
    policies: forgetting(({ phase, part, to }) => phase !== "first" && part === "offer" && to === "basic"),
  },
  {
    name: "strips-slides-and-leaves-bfcp",
    rule: "VID-10",
    title: "strips every video line and leaves the floor control of the slides",
    policies: leaving(isBfcp),
  },
  {
    name: "leaves-camera-control",
    rule: "VID-10",
    title: "strips every video line and leaves far-end camera control",
    policies: leaving(isCameraControl),
  },
  {
    name: "takes-slides-for-a-document",
    rule: "VID-10",
    title: "strips the main video and leaves the slides",
    policies: leaving((line) => isVideo(line) && isSlides(line)),
  },
  {
    name: "strips-the-first-video-only",
    rule: "VID-10",
    title: "strips one video line of a description and overlooks the second",
    policies: {
      permittedMedia: (question) => {
        const first = question.media.findIndex(isVideo);
        return again(question, (line, permitted) => permitted || (isVideo(line) && question.media[first] !== line));
      },
    },
  },
  {
    name: "lets-video-pass-alone",
    rule: "VID-11",
    title: "does not strip where nothing but video is offered",
    policies: forgetting(({ media }) => media.every(isVideoRelated)),
  },
  {
    name: "leaves-groups-with-refused-lines",
    rule: "VID-13",
    title: "passes on group attributes that name refused lines",
    policies: wording((question) => ({
      attributes: question.said.attributes.filter(({ name }) => name === "group"),
      media: withAttributes(question, ["mid"]),
    })),
  },
  {
    name: "leaves-parameters-of-refused-video",
    rule: "VID-13",
    title: "leaves feedback and format parameters with video that it refused",
    policies: wording((question) => ({ media: withAttributes(question, ["rtcp-fb", "fmtp"]) })),
  },
  {
    name: "passes-capabilities-on",
    rule: "VID-14",
    title: "passes on capability attributes that hide video",
    policies: wording((question) => ({ media: withAttributes(question, CAPABILITIES) })),
  },
  {
    name: "takes-port-0-for-an-error",
    rule: "VID-15",
    title: "refuses offers with a video line that is switched off",
    policies: {
      permittedMedia: (question) =>
        question.media.some((line) => isVideo(line) && !isLive(line)) && question.part === "offer"
          ? { ...permittedMedia(question), outcome: "nothing" }
          : permittedMedia(question),
    },
  },
  {
    name: "strips-fax",
    rule: "VID-16",
    title: "strips fax lines along with video",
    policies: taking(({ kind }) => kind.toLowerCase() === "image"),
  },
  {
    name: "strips-key-presses",
    rule: "VID-16",
    title: "takes telephone-event out of the audio of Basic phones",
    policies: wording(({ draft, sender, reader }) =>
      [sender, reader].some(({ device }) => device.type === "basic")
        ? { media: draft.media.map(withoutTelephoneEvent) }
        : {},
    ),
  },
  {
    name: "keeps-nothing-but-audio",
    rule: "VID-16",
    title: "strips everything but audio of Basic phones",
    policies: taking((line) => !isAudio(line)),
  },
  {
    name: "takes-the-video-tag-for-a-licence",
    rule: "VID-17",
    title: "lets Basic phones have video that registered with ;video in their Contact",
    policies: forgetting(({ sender, reader }) =>
      [sender, reader].every(({ device, contact }) => device.type !== "basic" || contact.parameters.has("video")),
    ),
  },
  {
    name: "wants-the-video-tag-of-advanced-phones",
    rule: "VID-17",
    title: "strips video of phones that did not register with ;video in their Contact",
    policies: {
      permittedMedia: (question) =>
        [question.sender, question.reader].every(({ contact }) => contact.parameters.has("video"))
          ? permittedMedia(question)
          : permittedMedia({ ...question, from: "basic" }),
    },
  },
  {
    name: "strips-key-presses-from-answers",
    rule: "DTM-02",
    title: "takes telephone-event out of answers",
    policies: wording(({ draft, part }) =>
      part === "answer" ? { media: draft.media.map(withoutTelephoneEvent) } : {},
    ),
  },
  {
    name: "renumbers-key-presses",
    rule: "DTM-02",
    title: "answers telephone-event under another payload number than it was offered",
    policies: wording(({ draft, part }) => (part === "answer" ? { media: draft.media.map(renumbered) } : {})),
  },
  {
    name: "sends-key-presses-under-a-number-of-its-own",
    rule: "DTM-01",
    title: "tells phones another number for telephone-event than those that require DTMF reception listen for",
    policies: wording(({ draft, sender }) =>
      sender.device.requireDtmfReception ? { media: draft.media.map(renumbered) } : {},
    ),
  },
  {
    name: "lets-video-past-a-media-termination-point",
    rule: "DTM-06",
    title: "strips no video of phones that need a media termination point",
    policies: {
      permittedMedia: (question) => {
        const [sender, reader] = [question.sender, question.reader].map(({ device, contact }) => ({
          device: { ...device, mtpRequired: false },
          contact,
        }));
        return permittedMedia(sender && reader ? { ...question, sender, reader } : question);
      },
    },
  },
  {
    name: "forgets-the-termination-point-later",
    rule: "DTM-06",
    title: "lets video past a media termination point that is added later",
    policies: forgetting(({ phase, from, to }) => phase === "re-INVITE" && from === "advanced" && to === "advanced"),
  },
  {
    name: "sends-key-presses-as-sound",
    rule: "DTM-01",
    title: "takes telephone-event out of what phones get that require DTMF reception",
    policies: wording(({ draft, sender, reader }) =>
      sender.device.requireDtmfReception || reader.device.requireDtmfReception
        ? { media: draft.media.map(withoutTelephoneEvent) }
        : {},
    ),
  },
  {
    name: "forgets-the-reinvite-that-holds",
    rule: "VID-08",
    title: "lets video pass in a re-INVITE that puts the audio on hold",
    policies: forgetting(
      ({ phase, media }) => phase === "re-INVITE" && media.some((line) => isAudio(line) && isSentOneWay(line)),
    ),
  },
  {
    name: "shows-basic-phones-added-video-one-way",
    rule: "VID-09",
    title: "shows a Basic phone video that an Advanced one adds to send only",
    policies: forgetting(
      ({ phase, from, media }) =>
        phase === "re-INVITE" && from === "advanced" && media.some((line) => isVideo(line) && isSentOneWay(line)),
    ),
  },
  {
    name: "lets-proved-advanced-phones-alone-see",
    rule: "VID-07",
    title: "strips video of Advanced phones with digest off",
    policies: {
      permittedMedia: (question) =>
        [question.sender, question.reader].every(({ device }) => device.securityProfile.digestAuthentication)
          ? permittedMedia(question)
          : permittedMedia({ ...question, from: "basic" }),
    },
  },
  {
    name: "forgets-groups-in-reinvites",
    rule: "VID-13",
    title: "passes on group attributes that name refused lines in a re-INVITE",
    policies: wording(({ draft, said, phase }) =>
      phase === "first"
        ? {}
        : { attributes: [...draft.attributes, ...said.attributes.filter(({ name }) => name === "group")] },
    ),
  },
  {
    name: "strips-fax-without-audio",
    rule: "VID-16",
    title: "strips fax of Basic phones that no live audio stands beside",
    policies: {
      permittedMedia: (question) =>
        again(
          question,
          (line, permitted) =>
            permitted && !(line.kind === "image" && !question.media.some((other) => isAudio(other) && isLive(other))),
        ),
    },
  },
];
