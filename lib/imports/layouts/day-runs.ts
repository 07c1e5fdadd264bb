/** Remembers which days of one supply a file has told, in runs of days that follow each other. */
export class DayRuns {
  /** Three numbers a run: first day, last day, line of the first. */
  private readonly runs: number[] = [];

  /** `linesPerDay`: by how much the line grows from day to day within a run; 0 where no line is kept. */
  constructor(private readonly linesPerDay: 0 | 1) {}

  add(day: number, line: number): void {
    const { runs, linesPerDay } = this;
    const at = runs.length - 3;
    const [first = 0, last = 0, firstLine = 0] = at < 0 ? [] : runs.slice(at);
    const follows = line === firstLine + (day - first) * linesPerDay;
    if (at >= 0 && day === last + 1 && follows) {
      runs[at + 1] = day;
    } else {
      runs.push(day, day, line);
    }
  }

  /** The line a day was on (0 where none is kept), or undefined if it is not among them. */
  lineOf(day: number): number | undefined {
    const { runs } = this;
    for (let at = runs.length - 3; at >= 0; at -= 3) {
      const first = runs[at] ?? 0;
      if (day >= first && day <= (runs[at + 1] ?? 0)) {
        return (runs[at + 2] ?? 0) + (day - first) * this.linesPerDay;
      }
    }
    return undefined;
  }
}
