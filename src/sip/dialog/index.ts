export { Dialog, type DialogRequestOptions, type DialogState } from "./dialog.ts";
export { dialogIdOf } from "./dialog-id.ts";
export { isLoose } from "./route.ts";
