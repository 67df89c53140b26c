#!/usr/bin/env node
import { cpSync, existsSync } from 'node:fs';

if (process.argv[2] === 'copy' && existsSync('src/generated')) {
  cpSync('src/generated', 'dist/generated', { recursive: true });
}
