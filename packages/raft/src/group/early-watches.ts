/** What is to be watched before there is anything to watch. */
export class EarlyWatches {
  #begin: (() => void)[] = [];

  /** @param watch begins to watch, and gives how to stop. @returns how to stop. */
  add(watch: () => () => void): () => void {
    let stop = (): void => {};
    let stopped = false;
    this.#begin.push(() => {
      if (!stopped) stop = watch();
    });
    return () => {
      stopped = true;
      stop();
    };
  }

  begin(): void {
    for (const begin of this.#begin.splice(0)) begin();
  }
}
