import { describe, expect, it } from 'vitest';
import { add, countReport, summaryLine, type VitestReport } from '../src/report.ts';
import { reportName } from '../src/tested-packages.ts';

const passing: VitestReport = {
  success: true,
  numPassedTests: 3,
  numFailedTests: 0,
  testResults: [{ status: 'passed', assertionResults: [{}, {}, {}] }],
};

describe('countReport', () => {
  it('counts tests', () => {
    expect(countReport(passing)).toEqual({ passed: 3, failed: 0 });
    const failing = { ...passing, success: false, numPassedTests: 1, numFailedTests: 2 };
    expect(countReport(failing)).toEqual({ passed: 1, failed: 2 });
  });

  it('counts a file that could not be loaded', () => {
    const broken = { status: 'failed', assertionResults: [] };
    const report = { ...passing, success: false, testResults: [...passing.testResults, broken] };
    expect(countReport(report)).toEqual({ passed: 3, failed: 1 });
  });

  it('counts an error outside of any test', () => {
    expect(countReport({ ...passing, success: false })).toEqual({ passed: 3, failed: 1 });
  });
});

describe('the summary', () => {
  it('is the sum, in one line', () => {
    expect(summaryLine(add({ passed: 1, failed: 2 }, { passed: 3, failed: 4 }))).toBe('4 passed, 6 failed');
  });

  it('finds the report of a package by its folder', () => {
    expect(reportName('packages/core')).toBe('packages-core.json');
  });
});
