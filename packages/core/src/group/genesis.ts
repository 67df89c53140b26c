import { ByteReader, DecodeError } from '../codec/byte-reader.ts';
import { ByteWriter } from '../codec/byte-writer.ts';
import { type ClusterId, type GroupId, toClusterId, toGroupId } from '../vocabulary/ids.ts';
import { type Configuration, readConfiguration, writeConfiguration } from './configuration.ts';

/**
 * The payload of entry 1 (term 1): the birth of a cluster. Written once, by the node that was started to bootstrap,
 * and copied by every other member before it takes part in anything. The first election is in term 2.
 */
export interface Genesis {
  readonly cluster: ClusterId;
  readonly group: GroupId;
  readonly configuration: Configuration;
  /** The version of the machine that is in force from the beginning: the oldest that the founder knows. */
  readonly machineVersion: number;
}

/** The payload of entry 1. */
export function encodeGenesis(genesis: Genesis): Uint8Array {
  const writer = new ByteWriter(512);
  writer.text(genesis.cluster).text(genesis.group);
  writeConfiguration(writer, genesis.configuration);
  writer.varint(genesis.machineVersion);
  return writer.finish();
}

/** @throws DecodeError if the bytes are not a genesis. */
export function decodeGenesis(bytes: Uint8Array): Genesis {
  const reader = new ByteReader(bytes);
  let cluster: ClusterId;
  let group: GroupId;
  try {
    cluster = toClusterId(reader.text(32));
    group = toGroupId(reader.text(64));
  } catch (error) {
    if (error instanceof DecodeError) throw error;
    throw new DecodeError(`a birth that is none: ${(error as Error).message}`, 0);
  }
  const configuration = readConfiguration(reader);
  const machineVersion = reader.varint();
  reader.end();
  if (machineVersion < 1) throw new DecodeError('0 is no version of a machine', 0);
  return { cluster, group, configuration, machineVersion };
}
