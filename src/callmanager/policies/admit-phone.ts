/** Whether an administrator may add, remove or change a phone, or the licence pool (PRV-03); see `judgePhone`. */
export { judgePhone as admitPhone, type PhoneChangeQuestion } from "../../administration/index.ts";
