import { observable } from './observable.ts';

/** Whether the last request got an answer. */
export const connection = observable(true);
