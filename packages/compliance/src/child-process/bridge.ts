import { fork } from 'node:child_process';
import { serialize } from 'node:v8';
import { parentPort, workerData } from 'node:worker_threads';
import { type ChildOptions, mailboxOf, packError, type Reply } from './protocol.ts';

/**
 * A thread between a case and the child: the case can wait for an answer with its own event loop standing still,
 * because this one goes on.
 */
const { shared, program, options } = workerData as {
  readonly shared: SharedArrayBuffer;
  readonly program: string;
  readonly options: ChildOptions;
};
const mailbox = mailboxOf(shared);
const child = fork(program, [JSON.stringify(options)], { serialization: 'advanced', execArgv: [] });

function answer(reply: Reply): void {
  let packed = serialize(reply);
  if (packed.length > mailbox.bytes.length && reply.type === 'answer') {
    const error = packError(new RangeError(`an answer of ${packed.length} bytes is too long`));
    packed = serialize({ ...reply, error, value: undefined });
  }
  mailbox.bytes.set(packed);
  Atomics.store(mailbox.state, 1, packed.length);
  Atomics.store(mailbox.state, 0, 1);
  Atomics.notify(mailbox.state, 0);
}

child.on('message', (message) => {
  const reply = message as Reply;
  if (reply.type === 'answer') answer(reply);
  else parentPort?.postMessage(reply);
});
child.on('exit', (code, signal) => {
  const reply: Reply = { type: 'exited', code, signal };
  // Whoever waits for an answer hears of it, too.
  answer(reply);
  parentPort?.postMessage(reply);
  parentPort?.close();
});
parentPort?.on('message', (message: unknown) => {
  if (message === 'kill') child.kill('SIGKILL');
  else if (child.connected) child.send(message as object);
});
