/** Whether an administrator may change the lines of a phone (CAP-09…13, PRV-01, PRV-02); see `judgeLine`. */
export { judgeLine as admitLine, type LineChangeQuestion } from "../../administration/index.ts";
