import { type PeerId, toBootNonce, toClusterId, toIncarnation, toPeerId } from '@smalti/core';

export const [a, b, c] = ['a', 'b', 'c'].map(toPeerId) as [PeerId, PeerId, PeerId];

export function identity(id: PeerId, boot = 1) {
  return {
    id,
    incarnation: toIncarnation('0'.repeat(32)),
    boot: toBootNonce(String(boot).padStart(16, '0')),
    cluster: toClusterId('c'.repeat(32)),
    bootstrapping: false,
    address: '',
    protocol: { min: 1, max: 1 },
  };
}
