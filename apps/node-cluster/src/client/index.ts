export { type Failure, unanswered, understand, unreachable } from './ask-node.ts';
export { ELSEWHERE, runClient, tellFailure } from './run-client.ts';
