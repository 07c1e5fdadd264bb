/** Remembers which days of one supply a file has told, in runs of days that follow each other. */
export class DayRuns {
  /** The run that grows: most supplies have no other, and a file may have a million supplies. */
  private first = 0;
  private last = -1;
  private line = 0;
  /** Three numbers a run: first day, last day, line of the first. */
  private ended: number[] | undefined;

  /** `linesPerDay`: by how much the line grows from day to day within a run; 0 where no line is kept. */
  constructor(private readonly linesPerDay: 0 | 1) {}

  add(day: number, line: number): void {
    const { first, last } = this;
    if (last >= first) {
      if (day === last + 1 && line === this.line + (day - first) * this.linesPerDay) {
        this.last = day;
        return;
      }
      this.ended ??= [];
      this.ended.push(first, last, this.line);
    }
    this.first = day;
    this.last = day;
    this.line = line;
  }

  /** The line a day was on (0 where none is kept), or undefined if it is not among them. */
  lineOf(day: number): number | undefined {
    if (day >= this.first && day <= this.last) {
      return this.line + (day - this.first) * this.linesPerDay;
    }
    const { ended = [] } = this;
    for (let at = ended.length - 3; at >= 0; at -= 3) {
      const first = ended[at] ?? 0;
      if (day >= first && day <= (ended[at + 1] ?? 0)) {
        return (ended[at + 2] ?? 0) + (day - first) * this.linesPerDay;
      }
    }
    return undefined;
  }
}
