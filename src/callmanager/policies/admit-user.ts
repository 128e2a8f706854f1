/** Whether an administrator may change an end user; see `judgeUser`. */
export { judgeUser as admitUser, type UserChangeQuestion } from "../../administration/index.ts";
