/** Supplies of each of two generations; a supply takes about 300 bytes. */
const MOST = 50_000;

/**
 * Remembers something of the supplies that a file told of last: files have a million of them, and mostly each stands
 * in one place. What is forgotten is found by whoever stores the days, in the database.
 */
export class RecentSupplies<Kept> {
  private recent = new Map<string, Kept>();
  private before = new Map<string, Kept>();

  /** `isNeeded`: whether something must not be forgotten yet. There are few of those. */
  constructor(
    private readonly isNeeded: (kept: Kept) => boolean = () => false,
    private readonly most = MOST,
  ) {}

  get(id: string): Kept | undefined {
    const kept = this.recent.get(id);
    if (kept !== undefined) {
      return kept;
    }
    const earlier = this.before.get(id);
    if (earlier !== undefined) {
      this.set(id, earlier);
    }
    return earlier;
  }

  set(id: string, kept: Kept): void {
    if (this.recent.size >= this.most) {
      const forgotten = this.before;
      this.before = this.recent;
      this.recent = new Map();
      for (const [old, needed] of forgotten) {
        if (this.isNeeded(needed) && !this.before.has(old)) {
          this.recent.set(old, needed);
        }
      }
    }
    this.recent.set(id, kept);
  }

  /** How many it remembers. */
  get size(): number {
    return this.recent.size + this.before.size;
  }
}
