/** What a table consists of besides its sessions. */
export interface SessionTableHead {
  /** Session time, in milliseconds. */
  readonly time: number;
  /** Group time of the last entry that moved it. */
  readonly stamp: number;
  /** No session that was made up before this index was applied where it was made up may begin. */
  readonly floor: number;
}
