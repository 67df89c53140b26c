/** Checks that time, chance and timers come through ports in the zones that ask for it. */
import { zoneOf } from './imports.ts';
import { parse } from './parse.ts';
import { isGenerated, type Repository, type Violation } from './repository.ts';
import { doors, type Zone, zones } from './rules.ts';

export function checkDoors(repository: Repository, table: readonly Zone[] = zones): Violation[] {
  const violations: Violation[] = [];
  for (const file of repository.files) {
    if (isGenerated(file.path) || zoneOf(table, file.path)?.behindDoors !== true) continue;
    const { globals, currentDates } = parse(file);
    const found = [...globals.filter(({ name }) => doors.includes(name)), ...currentDates];
    for (const { name, line } of found) {
      violations.push({ path: file.path, line, message: `uses ${name}, which is behind a port` });
    }
  }
  return violations;
}
