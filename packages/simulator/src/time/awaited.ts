/** What drives virtual time, as far as waiting needs it. */
interface Driver {
  readonly now: number;
  readonly nextAt: number;
  readonly idle: string;
  step(): boolean;
  settle(): Promise<void>;
}

interface Waiting {
  readonly began: number;
  readonly deadline: number;
  readonly giveUp: (error: Error) => void;
}

/** Rounds of settling in which a chain of promises may end once nothing is left to happen. */
const LAST_ROUNDS = 16;

/** Promises that somebody waits for, all driven by one loop, so that waits may overlap. */
export class Awaited {
  readonly #driver: Driver;
  readonly #waiting = new Set<Waiting>();
  #driving = false;

  constructor(driver: Driver) {
    this.#driver = driver;
  }

  complete<T>(work: Promise<T>, limitMs: number): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const began = this.#driver.now;
      const waiting: Waiting = { began, deadline: began + limitMs, giveUp: reject };
      this.#waiting.add(waiting);
      work.then(
        (value) => {
          this.#waiting.delete(waiting);
          resolve(value);
        },
        (error: unknown) => {
          this.#waiting.delete(waiting);
          reject(error);
        },
      );
      if (!this.#driving) this.#drive().catch(reject);
    });
  }

  /** Goes on until nobody waits. What an event throws is the failure of whoever began to wait first. */
  async #drive(): Promise<void> {
    this.#driving = true;
    try {
      await this.#driver.settle();
      while (this.#waiting.size > 0) {
        if (this.#driver.nextAt > this.#deadline()) await this.#giveUp();
        else this.#driver.step();
        await this.#driver.settle();
      }
    } finally {
      this.#driving = false;
    }
  }

  #deadline(): number {
    return Math.min(...[...this.#waiting].map(({ deadline }) => deadline));
  }

  async #giveUp(): Promise<void> {
    for (let i = 0; i < LAST_ROUNDS; i++) {
      await this.#driver.settle();
      if (this.#waiting.size === 0 || this.#driver.nextAt <= this.#deadline()) return;
    }
    const due = this.#driver.nextAt;
    for (const waiting of [...this.#waiting]) {
      if (waiting.deadline >= due) continue;
      this.#waiting.delete(waiting);
      const waited = Math.min(due, waiting.deadline) - waiting.began;
      const passed = due === Number.POSITIVE_INFINITY ? '' : ` after ${waited} virtual milliseconds`;
      waiting.giveUp(new Error(`a promise is still pending${passed} (${this.#driver.idle})`));
    }
  }
}
