/**
 * What carries bytes between nodes, as a transport sees it. Between two nodes there is one link in each direction,
 * and on it one or more lanes.
 */
export interface Medium {
  /**
   * Carries something of so many bytes. `deliver` is called when it arrives, never within this call, and never if it
   * is lost. What was sent in one direction and lane arrives in order, and after a loss nothing more arrives in that
   * direction until the link was reset: there are no holes.
   *
   * @returns false if the way is known to be cut or broken, and nothing was sent.
   */
  carry(from: string, to: string, bytes: number, deliver: () => void, lane?: string): boolean;
  /**
   * Calls back when the link between two nodes was reset: whatever connection they had is gone for both, as after a
   * TCP timeout. Whatever was under way on it is lost. Returns what ends the listening.
   */
  onCut(listener: (a: string, b: string) => void): () => void;
}
