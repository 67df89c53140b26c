import { createRequire } from 'node:module';
import type { KvItem } from './kv-item.ts';
import { byBytes, type OrderedMap, orderedMap } from './ordered-map.ts';

// As the map itself: both are CommonJS.
const require = createRequire(import.meta.url);
const { bulkLoad } =
  require('sorted-btree/extended/bulkLoad.js') as typeof import('sorted-btree/extended/bulkLoad.js');
const { default: union } =
  require('sorted-btree/extended/union.js') as typeof import('sorted-btree/extended/union.js');

/** Items that are made into a tree at once: few enough to hold nobody up. */
const CHUNK = 2048;
/** Of a node, at most: as the library has it where nothing is said. */
const NODE_ITEMS = 32;
/** How full leaves are made, so that there is room for what comes between. */
const LOAD = 0.8;

/**
 * Makes a map of items that come in the order of their keys. Setting them one by one would look for the place of each;
 * here some thousand become a tree of full leaves, which is put at the end of the others as it is.
 */
export class MapLoader {
  #map: OrderedMap;
  #keys: string[] = [];
  #items: KvItem[] = [];

  /** What comes is put behind that map, which is given away. */
  constructor(map: OrderedMap = orderedMap()) {
    this.#map = map;
  }

  /** The key is greater than the last one. */
  add(key: string, item: KvItem): void {
    this.#keys.push(key);
    this.#items.push(item);
    if (this.#keys.length >= CHUNK) this.#load();
  }

  /** The map, with all that was added. */
  get map(): OrderedMap {
    if (this.#keys.length > 0) this.#load();
    return this.#map;
  }

  #load(): void {
    const tail = bulkLoad(this.#keys, this.#items, NODE_ITEMS, byBytes, LOAD);
    this.#keys = [];
    this.#items = [];
    this.#map = union<OrderedMap, string, KvItem>(this.#map, tail, (_, __, item) => item);
  }
}
