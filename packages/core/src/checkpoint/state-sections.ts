/**
 * The sections of a checkpoint of a group, by what they hold. Together with the root's header they are all that a
 * replica knows at the marker.
 */
export const StateSection = {
  /** One item, of an empty key: the frame of entry 1, which the log need not have any more. */
  birth: 'birth',
  /** The items of the machine. */
  machine: 'machine',
  /** The table of client sessions: an item of an empty key for its head, and one for each session. */
  sessions: 'sessions',
} as const;
