/** Whether an administrator may change a security or SIP profile (PRV-04, PRV-05); see `judgeProfile`. */
export { judgeProfile as admitProfile, type ProfileChangeQuestion } from "../../administration/index.ts";
