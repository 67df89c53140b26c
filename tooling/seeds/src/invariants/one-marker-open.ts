import { marksIn, openMarker } from '../observe/marks.ts';
import type { WatchMaker } from '../observe/watch.ts';

/** A leader asks for a checkpoint when its log says what became of the last one, and says that once. */
export const oneMarkerOpen: WatchMaker = (truth) => {
  const name = 'one marker is open at a time';
  return {
    name,
    wrote: (node, { entries = [] }) => {
      const { marks, hard } = truth.mirror(node);
      for (const { index, term, outcome } of marksIn(entries)) {
        if (term !== hard.term || truth.leaders.get(term) !== node) continue;
        const open = openMarker(marks.filter((mark) => mark.index < index));
        if (outcome === null && open !== null)
          truth.violate(
            name,
            `${node} writes marker ${index}, and nobody knows what becomes of ${open.index}`,
          );
        if (outcome !== null && open?.index !== outcome.marker)
          truth.violate(name, `${node} writes what became of marker ${outcome.marker}, and that is not open`);
      }
    },
  };
};
