import { type ChildProcess, spawn } from "node:child_process";
import { programArguments } from "../program";
import type { PdfAnswer, PdfQuestion } from "./pdf-check-process";

const PROCESSES = 2;
/** Milliseconds for one PDF; ours take about 12. */
const PATIENCE_MS = 5_000;
const START_MS = 60_000;
/** Bytes from which on a process is replaced by a new one. */
const RSS_TIRED = 220 * 1024 * 1024;

interface Job {
  question: PdfQuestion;
  /** Whether a process was lost over it before. */
  again: boolean;
  resolve(fault: string | null): void;
  reject(error: Error): void;
}

const waiting: Job[] = [];
const checkers = new Set<Checker>();

/** Asks the next free process; answers with what is wrong with the PDF, or null. */
export function askChecker(question: PdfQuestion): Promise<string | null> {
  return new Promise((resolve, reject) => {
    waiting.push({ question, again: false, resolve, reject });
    const idle = [...checkers].find((checker) => checker.isIdle);
    if (idle) {
      idle.next();
    } else if (checkers.size < PROCESSES) {
      checkers.add(new Checker());
    }
  });
}

/** Ends the processes; questions that wait fail. A later question starts new ones. */
export async function closeCheckers(): Promise<void> {
  for (const { reject } of waiting.splice(0)) {
    reject(closed());
  }
  await Promise.all([...checkers].map((checker) => checker.end()));
}

/** One process that looks at one PDF at a time: what hangs or bursts there is ended from here. */
class Checker {
  private readonly child: ChildProcess;
  private readonly gone: Promise<void>;
  private job: Job | undefined;
  private ready = false;
  private ending = false;
  private timer: NodeJS.Timeout;
  private tooLong = false;

  constructor() {
    this.child = spawn(
      process.execPath,
      [
        "--max-old-space-size=128",
        ...(programArguments("documents/pdf-check-process") ?? missing()),
      ],
      {
        serialization: "advanced",
        // It reads what strangers made: it knows no secret.
        env: { PATH: process.env.PATH, NODE_ENV: process.env.NODE_ENV },
        stdio: ["ignore", "ignore", "ignore", "ipc"],
      },
    );
    this.timer = this.limit(START_MS);
    this.child.on("message", (answer: PdfAnswer) => this.hear(answer));
    this.gone = new Promise((resolve) => {
      this.child.once("error", () => this.lost(resolve)).once("exit", () => this.lost(resolve));
    });
  }

  get isIdle(): boolean {
    return this.ready && !this.ending && this.job === undefined;
  }

  /** Takes the next question, if there is one. */
  next(): void {
    this.job = waiting.shift();
    if (!this.job) {
      // An idle process keeps no command from its end.
      this.child.unref();
      this.child.channel?.unref();
      return;
    }
    this.child.ref();
    this.child.channel?.ref();
    this.timer = this.limit(PATIENCE_MS);
    // When the process is gone, `lost` tells.
    this.child.send(this.job.question, () => {});
  }

  async end(): Promise<void> {
    this.ending = true;
    this.child.kill("SIGKILL");
    await this.gone;
  }

  private limit(milliseconds: number): NodeJS.Timeout {
    return setTimeout(() => {
      this.tooLong = true;
      this.child.kill("SIGKILL");
    }, milliseconds);
  }

  private hear({ fault, rss }: PdfAnswer): void {
    clearTimeout(this.timer);
    this.ready = true;
    this.job?.resolve(fault);
    this.job = undefined;
    if (rss > RSS_TIRED) {
      this.ending = true;
      this.child.kill("SIGKILL");
    } else {
      this.next();
    }
  }

  private lost(resolve: () => void): void {
    clearTimeout(this.timer);
    checkers.delete(this);
    resolve();
    this.settle(this.job);
    this.job = undefined;
    if (!this.ready && !this.ending) {
      // Not one of them will start then.
      for (const { reject } of waiting.splice(0)) {
        reject(new Error("the process that checks PDFs does not start"));
      }
    }
    if (waiting.length > 0 && checkers.size < PROCESSES) {
      checkers.add(new Checker());
    }
  }

  /** What becomes of the question over which the process was lost. */
  private settle(job: Job | undefined): void {
    if (this.ending) {
      job?.reject(closed());
    } else if (this.tooLong) {
      job?.resolve(`takes more than ${PATIENCE_MS / 1_000} seconds to read; export it again`);
    } else if (job?.again) {
      job.resolve("takes too much memory to read; export it again");
    } else if (job) {
      // It may have been somebody else who ended the process.
      waiting.unshift({ ...job, again: true });
    }
  }
}

function missing(): never {
  throw new Error("the program that checks PDFs is not here");
}

const closed = () => new Error("the checks of PDFs were closed");
