// The page measures itself: while a stroke lasts, each frame's length and each pointer event's work are written to the
// browser's performance timeline (`lifang.frame`, `lifang.pointer`), where a test or a curious planner reads them.

export class Frames {
  private last = 0;
  private running = false;

  begin(): void {
    this.running = true;
    this.last = 0;
    requestAnimationFrame(this.next);
  }

  end(): void {
    this.running = false;
  }

  /** Runs the work of one pointer event and notes how long it took. */
  timed<T>(work: () => T): T {
    if (!this.running) return work();
    const start = performance.now();
    const done = work();
    performance.measure("lifang.pointer", { start, end: performance.now() });
    return done;
  }

  private next = (now: number): void => {
    if (!this.running) return;
    if (this.last > 0) performance.measure("lifang.frame", { start: this.last, end: now });
    this.last = now;
    requestAnimationFrame(this.next);
  };
}
