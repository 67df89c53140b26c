import { connect, type Socket } from 'node:net';
import { decodeHandshake, encodeHandshake, type HandshakeMessage, REFUSAL_CODES } from '@smalti/core';
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { happened, type Node, until } from './node.ts';

/** A raw TCP connection to a node. */
export class RawStranger {
  readonly socket: Socket;
  text = '';
  closed = false;

  constructor(node: Node) {
    this.socket = connect(node.port, '127.0.0.1');
    this.socket.on('data', (chunk) => {
      this.text += chunk.toString('latin1');
      happened();
    });
    this.socket.on('error', () => {});
    this.socket.on('close', () => {
      this.closed = true;
      happened();
    });
    onTestFinished(() => void this.socket.destroy());
  }
}

/** A WebSocket to a node that says what it likes. */
export class Stranger {
  readonly ws: WebSocket;
  readonly messages: Uint8Array[] = [];
  closeCode: number | null = null;

  constructor(node: Node, lane: 'control' | 'bulk' = 'control') {
    this.ws = new WebSocket(`ws://${node.address}/smalti/1/${lane}`, { perMessageDeflate: false });
    this.ws.on('message', (data: Buffer) => {
      this.messages.push(new Uint8Array(data));
      happened();
    });
    this.ws.on('error', () => {});
    this.ws.on('close', (code) => {
      this.closeCode = code;
      happened();
    });
    this.ws.on('open', happened);
    onTestFinished(() => this.ws.terminate());
  }

  async open(): Promise<this> {
    await until('the connection stands', () => this.ws.readyState === WebSocket.OPEN);
    return this;
  }

  async closed(): Promise<void> {
    await until('the node closed the connection', () => this.closeCode !== null);
  }

  /** Says a message of the handshake on a channel. */
  say(channel: number, message: HandshakeMessage): void {
    this.ws.send(Buffer.concat([Buffer.of(0, 0, channel), encodeHandshake(message)]));
  }

  /** The messages of the handshake that came. */
  heard(): HandshakeMessage[] {
    const heard: HandshakeMessage[] = [];
    for (const message of this.messages) {
      if (message[0] === 0 && message[1] === 0) heard.push(decodeHandshake(message.subarray(3)));
    }
    return heard;
  }

  async hears(count: number): Promise<HandshakeMessage> {
    await until(`${count} messages`, () => this.heard().length >= count);
    return this.heard()[count - 1] as HandshakeMessage;
  }

  /** The code with which the node said that the link ends. */
  bye(): string | undefined {
    const last = this.messages.find((message) => message[0] === 4);
    return last && REFUSAL_CODES[last[1] as number];
  }
}
