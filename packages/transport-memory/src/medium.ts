/**
 * What carries bytes between the nodes of a hub, where it is not to be done at once. `@smalti/simulator` has one with
 * delays, cuts and resets; anything of this shape fits.
 */
export interface Medium {
  /**
   * Carries something of so many bytes. `deliver` is called when it arrives, never within this call, and never if it
   * is lost. What was sent in one direction and lane arrives in order, and after a loss nothing more arrives in that
   * direction until the link was reset.
   *
   * @returns false if the way is known to be cut or broken, and nothing was sent.
   */
  carry(from: string, to: string, bytes: number, deliver: () => void, lane?: string): boolean;
  /** Calls back when every connection between two nodes was reset, for both. Returns what ends the listening. */
  onCut(listener: (a: string, b: string) => void): () => void;
}
