// Everything that a session has told, however often it began anew.
import { FrameStatus, NoticeCode, type AnalyzeResponse, type SessionSummary } from '../contract';
import { repOf, skeletonOf, verdictOf, watchedJoints } from './convert';
import { offsetsAfter } from './sets';
import type { Hint, Rep, Saying, Skeleton, Verdict, Watched } from './types';

export class Journal {
  readonly skeletons: Skeleton[] = [];
  readonly reps: Rep[] = [];
  readonly sayings: Saying[] = [];
  exercises: string[] = []; // that the server knows or coaches
  hints: Hint[] = [];
  verdict: Verdict | null = null; // on the latest window
  overall: Verdict | null = null; // on the whole, from the summary
  summarised = false;
  watched: Watched[] = []; // joints that the latest window finds off
  timeMs = 0; // of the latest frame answered
  private run = -1;
  private offsets: { set: number; number: number; within: number } | null = null; // `within`: the set of the run

  apply(response: AnalyzeResponse, run: number) {
    if (run !== this.run) {
      this.run = run;
      this.offsets = null;
      this.hints = [];
    }
    for (const { code, message } of response.notices) {
      if (code !== NoticeCode.RECONNECT) this.say('notice', message); // which nobody notices
    }
    const { case: kind, value } = response.response;
    switch (kind) {
      case 'started':
        this.exercises = [...new Set([...value.exercises, ...value.coachedExercises])];
        break;
      case 'frameResult':
        if (value.status === FrameStatus.POSE && value.pose) {
          const skeleton = skeletonOf(value.pose);
          this.skeletons.push(skeleton);
          this.timeMs = skeleton.timeMs;
        }
        break;
      case 'assessment':
        this.verdict = verdictOf(value);
        this.watched = watchedJoints(value);
        break;
      case 'repetition':
        this.reps.push(this.placed(repOf(value)));
        break;
      case 'advice':
        this.say('advice', value.text);
        break;
      case 'hint':
        this.hints = this.hints.filter(({ code }) => code !== value.code);
        if (!value.withdrawn) {
          this.hints.push({ code: value.code, text: value.text });
          this.say('hint', value.text);
        }
        break;
      case 'summary':
        this.sumUp(value);
        break;
      case undefined:
        break;
    }
  }

  // The latest repetition of the set that is under way.
  get lastRep(): Rep | undefined {
    return this.reps.at(-1);
  }

  // Complete repetitions of the latest set.
  get count(): number {
    const set = this.lastRep?.set;
    return this.reps.filter((rep) => rep.set === set && rep.complete).length;
  }

  private placed(rep: Rep): Rep {
    if (!this.offsets) this.offsets = { ...offsetsAfter(this.lastRep, rep), within: rep.set };
    // Only the set that the run began in the middle of has its numbers moved.
    const number = rep.set === this.offsets.within ? this.offsets.number : 0;
    return { ...rep, set: rep.set + this.offsets.set, number: rep.number + number };
  }

  private say(kind: Saying['kind'], text: string) {
    this.sayings.push({ kind, text, timeMs: this.timeMs });
  }

  private sumUp(summary: SessionSummary) {
    this.summarised = true;
    this.overall = summary.overall ? verdictOf(summary.overall) : null;
    const told = new Set(this.sayings.map(({ text }) => text));
    for (const { code, message } of summary.notices) {
      if (code !== NoticeCode.RECONNECT && !told.has(message)) this.say('notice', message);
    }
  }
}
