/** A cluster of three processes that is compared. */
export interface Contender {
  readonly name: string;
  /** Writes so many values of so many bytes, each a log entry, and returns when all are acknowledged. */
  fill(count: number, bytes: number): Promise<void>;
  /** The last entry that the third member has applied; the other two have that and more. */
  applied(): Promise<number>;
  /** The last entry that the first member has applied. */
  reached(): Promise<number>;
  /** Stops the third member in its tracks. */
  pause(): void;
  resume(): void;
  /** How it caught up, in words, if it can tell. */
  how(): Promise<string | null>;
  close(): Promise<void>;
}

/** How long the third member takes for what it lacks, in milliseconds, from the moment that it may go on. */
export async function catchUp(contender: Contender, count: number, bytes: number): Promise<number> {
  await contender.fill(1_000, bytes);
  contender.pause();
  await contender.fill(count, bytes);
  const target = await contender.reached();
  contender.resume();
  const began = performance.now();
  while ((await contender.applied()) < target) {
    if (performance.now() - began > 120_000) throw new Error(`${contender.name} does not catch up`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  return performance.now() - began;
}
