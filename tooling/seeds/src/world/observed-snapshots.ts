import type { SnapshotStore } from '@smalti/core';
import type { Truth } from '../observe/truth.ts';
import type { Traps } from './traps.ts';

/** The checkpoints of a node, with what becomes of them while the process lives told to `truth`. */
export function observedSnapshots(
  store: SnapshotStore,
  node: string,
  truth: Truth,
  traps: Traps,
  alive: () => boolean,
): SnapshotStore {
  truth.checkpoints.opened(node, store.manifests());
  return {
    descriptor: store.descriptor,
    manifests: () => store.manifests(),
    has: (name) => store.has(name),
    get: (name, done) => store.get(name, done),
    put: (parts, done) => {
      for (const [name, bytes] of parts) truth.checkpoints.putting(name, bytes);
      store.put(parts, done);
    },
    commit: (manifest, done) => {
      // What was not cut here comes from others.
      const { agreed, anchor } = manifest;
      const installs = agreed && !store.manifests().some((known) => known.anchor.index === anchor.index);
      if (installs && alive()) traps.installing(node, 'before its manifest');
      truth.checkpoints.keeping(node, manifest);
      store.commit(manifest, (error) => {
        if (error === null) truth.keeps(node, manifest);
        if (installs && error === null) traps.installing(node, 'after its manifest');
        if (alive()) done(error);
      });
    },
    drop: (anchor, done) => {
      if (alive()) truth.drops(node, anchor);
      store.drop(anchor, done);
    },
    lease: (root, untilMs) => store.lease(root, untilMs),
    close: (done) => store.close(done),
  };
}
