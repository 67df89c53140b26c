#!/usr/bin/env node

// It is linked when packages are installed, and what it runs is there only when they were built.
import '../dist/main.js';
