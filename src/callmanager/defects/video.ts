import { permittedMedia } from "../policies/permitted-media.ts";
import type { Defect } from "./defect.ts";

export const videoDefects: readonly Defect[] = [
  {
    name: "leaves-video-in-the-answer",
    rule: "VID-05",
    title: "strips video from offers and not from answers",
    policies: {
      permittedMedia: (question) =>
        question.part === "answer"
          ? permittedMedia({ ...question, from: "advanced", to: "advanced" })
          : permittedMedia(question),
    },
  },
];
