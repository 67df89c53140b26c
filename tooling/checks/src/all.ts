/** The checks that need no build, by the name under which they are reported. */
import { checkDoors } from './doors.ts';
import {
  checkCycles,
  checkDeclared,
  checkEntryPoints,
  checkEveryPackageHasZone,
  checkZones,
} from './imports.ts';
import { checkManifests } from './manifests.ts';
import type { Repository, Violation } from './repository.ts';
import { checkIndexes, checkLength, checkNames } from './style.ts';

export type Check = (repository: Repository) => Violation[];

export const checks: Readonly<Record<string, Check>> = {
  'packages import only whom they may': (repository) => checkZones(repository),
  'every published package has its row in the table': (repository) => checkEveryPackageHasZone(repository),
  'packages are imported by their entry points': checkEntryPoints,
  'libraries that are imported are declared': checkDeclared,
  'dependencies form no cycle': checkCycles,
  'time, chance and timers come through ports': (repository) => checkDoors(repository),
  'manifests are alike': checkManifests,
  'files are short': checkLength,
  'files are named in kebab-case': checkNames,
  'an index.ts only re-exports, by name': checkIndexes,
};
