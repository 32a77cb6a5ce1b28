/**
 * The codes that a recall call may be answered with, by the platform's documents (intl 34348, intl 34965), written down
 * here and not taken from the product, so that one it forgot is met all the same.
 */
export const transientCodes = [
  10002, 10006, 10023, 20004, 20005, 60007, 60008, 60011, 60014, 60018, 60019, 70169, 70202, 70500, 90992, 90994, 90995,
  91000,
];
/** Means a pause of a minute: in long runs only. */
export const slowCode = 70050;
export const throttlingCodes = [10006, 10023, 60007, 60011, 60018, 60019];
export const signatureCodes = [20002, 60004, 60005, 70001, 70003, 70005];
/** The recall pauses, and goes on when a person says so. */
export const stoppingCodes = [
  10041, 10026, 60006, 60010, 60012, 60016, 60017, 60020, 60021, 70009, 70013, 70014, 70016, 70020, 70051, 70403, 71000,
  72000, 72001,
];
/** Of one sequence. */
export const sequenceCodes = [10030, 10031, 10032];
/** Of a whole group. */
export const groupCodes = [10007, 10010, 10015, 10033];
export const otherCodes = [10003, 10004, 60002, 60003, 60009, 99_999];
