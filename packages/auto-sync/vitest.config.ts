export { default } from '@smalti/vitest-config';
