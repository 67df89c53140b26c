import type { Settings } from '../world/settings.ts';
import type { Clients } from './clients.ts';

/** Something that clients do. One file each. */
export interface Workload {
  readonly name: string;
  /** It is in every run. Default false. */
  readonly always?: boolean;
  /** Default: it is drawn. */
  readonly onlyIf?: (settings: Settings) => boolean;
  /** One occurrence. */
  readonly act: (clients: Clients) => void;
  /** Milliseconds between two occurrences. */
  readonly everyMs: readonly [min: number, max: number];
}

/** Lets it happen over and over, until the clients stop. */
export function keepUp(clients: Clients, { name, act, everyMs }: Workload): void {
  const { sim } = clients.world;
  const again = (): void => {
    sim.schedule(clients.random.between(...everyMs), name, () => {
      if (clients.stopped) return;
      act(clients);
      again();
    });
  };
  again();
}
