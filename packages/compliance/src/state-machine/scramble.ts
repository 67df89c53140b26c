/** Changes whatever can be changed in a value, to see who still looks at it. */
export function scramble(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  if (ArrayBuffer.isView(value)) {
    if (value instanceof Uint8Array) value.fill(0xa5);
    return;
  }
  if (Object.isFrozen(value)) return;
  for (const [name, member] of Object.entries(value)) {
    scramble(member);
    const other = otherOf(member);
    // Some members cannot be written, and need not be.
    if (other !== undefined) Reflect.set(value, name, other);
  }
}

function otherOf(member: unknown): unknown {
  switch (typeof member) {
    case 'string':
      return `${member}, scrambled`;
    case 'number':
      return member + 1_000_003;
    case 'boolean':
      return !member;
    default:
      return undefined;
  }
}
