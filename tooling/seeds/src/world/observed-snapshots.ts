import type { SnapshotStore } from '@smalti/core';
import type { Truth } from '../observe/truth.ts';

/** The checkpoints of a node, with what becomes of them while the process lives told to `truth`. */
export function observedSnapshots(
  store: SnapshotStore,
  node: string,
  truth: Truth,
  alive: () => boolean,
): SnapshotStore {
  truth.checkpoints.opened(node, store.manifests());
  return {
    descriptor: store.descriptor,
    manifests: () => store.manifests(),
    has: (name) => store.has(name),
    get: (name, done) => store.get(name, done),
    put: (parts, done) => store.put(parts, done),
    commit: (manifest, done) =>
      store.commit(manifest, (error) => {
        if (error === null) truth.keeps(node, manifest);
        done(error);
      }),
    drop: (anchor, done) => {
      if (alive()) truth.drops(node, anchor);
      store.drop(anchor, done);
    },
    lease: (root, untilMs) => store.lease(root, untilMs),
    close: (done) => store.close(done),
  };
}
